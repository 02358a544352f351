/** The words that a reader of a report cannot know, each in a sentence: the report links to them where they first appear. */
export interface Term {
  /** Fragment: "term-latched". */
  readonly anchor: string;
  readonly word: string;
  readonly text: string;
}

const term = (name: string, word: string, text: string): Term => ({ anchor: `term-${name}`, word, text });

export const glossary: readonly Term[] = [
  term(
    "baseline",
    "Baseline, candidate",
    "The algorithm that users have today, and the one that may replace it.",
  ),
  term("gate", "Gate", "A step of the rollout, with the share of traffic that gets the candidate there."),
  term(
    "window",
    "Observation window",
    "The whole days of the active gate so far. Days of different gates are never added up.",
  ),
  term(
    "guardrail",
    "Guardrail",
    "A metric with lines that it must not cross. An informational metric is shown beside them and decides nothing.",
  ),
  term(
    "lines",
    "Warning, rollback and severe line",
    "How much worse than the baseline, relative to it, the candidate may be. Warning and rollback look at the whole window, severe at each single day.",
  ),
  term("change", "Change", "Candidate against baseline, relative: from 5.00% to 4.85% is −3%."),
  term(
    "chance",
    "More than chance, 95% interval",
    "Two halves of the same traffic differ, too. The interval is where the true change is in 95 of 100 such comparisons; a line counts only when chance alone would hardly reach it.",
  ),
  term(
    "adjusted",
    "Adjusted change (CUPED)",
    "The change after taking out what the same users did before the rollout: less noise, the same meaning.",
  ),
  term(
    "enough",
    "Not enough data yet",
    "Neither harm nor health is proven. The raw number beside it is what the lines alone would say.",
  ),
  term(
    "days",
    "Complete, sufficient, quiet day",
    "Complete: its data is all here. Sufficient: complete, and with the minimum sample. Quiet: sufficient, and no line is crossed by more than chance.",
  ),
  term(
    "ramp",
    "Ramp day",
    "The day on which a gate was opened: two gates in one day, so it counts for neither.",
  ),
  term(
    "latched",
    "Latched",
    "A rollback stays the verdict on every later night until a person clears it with a reason.",
  ),
  term(
    "preset",
    "Immediate, standard rollback",
    "Immediate forces the baseline for everybody. Standard goes back by one gate, at the first gate by switching the rollout off.",
  ),
  term("unit", "Unit", "What is split between the algorithms: a user, else a session, else a single event."),
  term(
    "split",
    "Split of the traffic, sample ratio",
    "New units must divide as the gate says. When they do not, the two groups are not alike and no number below can be believed.",
  ),
  term(
    "holdback",
    "Holdback, before/after",
    "At 100% a holdback still gets the baseline. Without one the only comparison is with the weeks before, which proves no health.",
  ),
];
