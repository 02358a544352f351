/** The verdict: word, sentence, place on the scale, and what it would be without the statistics. */

import type { NightResult } from "../../model/result.ts";
import type { Action, Phase, Rule } from "../../model/words.ts";
import { plural } from "../../text/words.ts";
import type { Made } from "./text.ts";

export type VerdictTone = "promote" | "hold" | "rollback" | "disabled";
/** Exactly one is true; templates can only test. */
export type VerdictIcons = Readonly<Record<VerdictTone, boolean>>;

const tones: Readonly<Record<Action, VerdictTone>> = {
  promote: "promote",
  complete: "promote",
  hold: "hold",
  rollback: "rollback",
  disabled: "disabled",
};

const glyphs: Readonly<Record<VerdictTone, string>> = {
  promote: "✅",
  hold: "⏸️",
  rollback: "🛑",
  disabled: "⚪",
};

/** What each rule of the decision means, in the words of someone who has not read the design. */
const ruleTexts: Readonly<Record<Rule, string>> = {
  disabled: "an algorithm is forced or the rollout is switched off",
  latched: "an earlier rollback has not been cleared by a person",
  severe: "a single complete day is past a severe line",
  rollback: "a guardrail is past its rollback line",
  data: "the data cannot carry a verdict",
  warning: "a guardrail warns",
  observing: "still observing: too few days, unsteady traffic or too little evidence",
  healthy_days: "too few quiet days in a row",
  promote: "every guardrail is healthy",
  complete: "healthy at the last gate, or closed by a person",
};

/** In the first 24 hours the severe line is held to single hours. */
export function ruleText(rule: Rule, phase: Phase): string {
  return rule === "severe" && phase === "first-24h"
    ? "a single complete hour is past a severe line"
    : ruleTexts[rule];
}

function actionWord(action: Action): string {
  return action.toUpperCase();
}

export function verdictView(result: NightResult) {
  const { decision } = result;
  const tone = tones[decision.action];
  return {
    word: actionWord(decision.action),
    tone,
    /** For formats without drawings; each its own shape. */
    glyph: glyphs[tone],
    icon: iconsOf(tone),
    headline: headline(result),
    reason: decision.reasons[0] ?? ruleText(decision.rule, result.phase),
    ...reasonsView(decision.reasons.slice(1)),
    rule: decision.rule,
    ruleText: ruleText(decision.rule, result.phase),
    flags: flags(result),
    literal: literalView(result),
    /** rollback, hold, promote in this order: the verdict is shown by position too. */
    scale: scale(result),
  };
}

const shownReasons = 2;

/** All others, and the same cut in two: the rest repeats the guardrails one by one. A single reason is not worth a fold. */
function reasonsView(moreReasons: readonly string[]) {
  const cut = moreReasons.length > shownReasons + 1 ? shownReasons : moreReasons.length;
  const foldedReasons = moreReasons.slice(cut);
  return {
    moreReasons,
    nextReasons: moreReasons.slice(0, cut),
    foldedReasons,
    foldedTitle: plural(foldedReasons.length, "more reason"),
  };
}

function iconsOf(tone: VerdictTone): VerdictIcons {
  return {
    promote: tone === "promote",
    hold: tone === "hold",
    rollback: tone === "rollback",
    disabled: tone === "disabled",
  };
}

function headline({ decision, rollout }: NightResult): string {
  const { candidate, baseline, gate } = rollout;
  switch (decision.action) {
    case "promote":
      return `Promote ${candidate} from ${gate} to ${decision.to ?? "the next gate"}`;
    case "hold":
      return `Hold ${candidate} at ${gate}`;
    case "rollback":
      return `Roll ${candidate} back to ${baseline}${decision.preset === null ? "" : ` (${decision.preset} preset)`}`;
    case "complete":
      return `${candidate} has passed ${gate}, the last gate`;
    case "disabled":
      return `The rollout of ${candidate} is switched off`;
  }
}

/** What no reason says. */
function flags({ decision, rollout, phase }: NightResult) {
  const first = {
    word: "first 24 hours",
    text: `${rollout.gate} hour by hour since it opened; this run never promotes`,
  };
  const latched = { word: "latched", text: "an earlier rollback remains until a person clears it" };
  return [
    ...(phase === "first-24h" ? [first] : []),
    ...(decision.latched && decision.rule !== "latched" ? [latched] : []),
  ];
}

function literalView({ decision, rollout, phase }: NightResult) {
  const word = actionWord(decision.literalAction);
  const differs = decision.literalAction !== decision.action;
  const rule = ruleText(decision.literalRule, phase);
  const same = rollout.judge === "literal" ? "Judged without statistics" : "Without the statistics also";
  const text = differs
    ? `Without the statistics it would be ${word}: ${rule}, whether or not chance alone can do that.`
    : `${same} ${word}.`;
  return { word, rule: decision.literalRule, differs, text };
}

function scale({ decision, rollout }: NightResult) {
  // At the last gate there is nothing to promote to.
  const isLast = rollout.gates.at(-1)?.active === true || decision.action === "complete";
  const last: Action = isLast ? "complete" : "promote";
  const off: readonly Action[] = decision.action === "disabled" ? ["disabled"] : [];
  const steps: readonly Action[] = [...off, "rollback", "hold", last];
  return steps.map((action) => {
    const isVerdict = tones[action] === tones[decision.action];
    const isLiteral = tones[action] === tones[decision.literalAction];
    const note = isVerdict ? "the verdict" : isLiteral ? "without the statistics" : "";
    return { word: actionWord(action), tone: tones[action], isVerdict, isLiteral, note };
  });
}

interface Besides {
  readonly verdict: Made<typeof verdictView>;
  readonly subject: { readonly comparisonNote: string | null };
}

/** What must be read beside the verdict's first reason, where there is no room for a page. */
export function reasonsBesides({ verdict, subject }: Besides): readonly string[] {
  return [
    ...verdict.moreReasons,
    ...verdict.flags.map(({ word, text }) => `${word}: ${text}`),
    ...(verdict.literal.differs ? [verdict.literal.text] : []),
    ...(subject.comparisonNote === null ? [] : [subject.comparisonNote]),
  ];
}
