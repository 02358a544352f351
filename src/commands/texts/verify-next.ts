/** What `gatebook verify-rollback` could not see, and what to do next. Pure. */
import { recordLine } from "../../judge/checklist/runbook.ts";
import type { EventCoverage } from "../../verify/coverage.ts";
import { localTime, type Telling } from "./verify-text.ts";

export interface ProofSetting {
  readonly coverage: EventCoverage | null;
  /** Why the exports could not be loaded, or null. */
  readonly notLoaded: string | null;
  /** A later instant from which on the claim holds, ISO UTC: pages that stayed open explain what came before. */
  readonly heldSince: string | null;
}

export function noteLines(
  { evidence, claim }: Telling,
  { coverage, notLoaded }: ProofSetting,
): readonly string[] {
  const { events, responses } = evidence;
  const late = events?.hours.reduce((sum, hour) => sum + hour.late, 0) ?? 0;
  const notes: readonly (string | null)[] = [
    notLoaded === null ? null : `the exports could not be loaded (${notLoaded}): the warehouse is as it was`,
    ...(coverage?.refused ?? []).map((file) => `the last load refused ${file}: its events are not seen here`),
    coverage?.keptFrom == null ? null : `events before ${coverage.keptFrom} are no longer kept (keep_events)`,
    ...(coverage?.misdated ?? []).map(
      ({ source, date, share }) =>
        `${source}: on ${date} ${(100 * share).toFixed(1)}% of the rows have another event_date than the day of occurred_at`,
    ),
    late === 0
      ? null
      : `${late} clicks or saves on pages that ${claim.candidate} filled before the rollback; they do not count`,
    countNote(events?.untimed ?? 0, "impressions have a day but no time; they do not count"),
    countNote(events?.future ?? 0, "impressions lie in the future; they do not count"),
    claim.allowed > 0 && (events?.others.length ?? 0) > 0
      ? `also served: ${events?.others.join(", ")}; not part of the share`
      : null,
    countNote(
      responses?.olderFiles ?? 0,
      "files of responses were saved before the rollback; they do not count",
    ),
    ...(responses?.shown ?? []).map((place) => `saved response ${place}`),
    ...(responses?.problems ?? []),
  ];
  return notes.filter((note) => note !== null);
}

function countNote(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}`;
}

export function nextLines(telling: Telling, { heldSince }: ProofSetting): readonly string[] {
  const { claim, proof, timeZone } = telling;
  const { preset, baseline, candidate } = claim;
  const again = `gatebook verify-rollback --preset ${preset}`;
  switch (proof.why) {
    case "baseline_only":
    case "within_share":
      return claim.isRecorded
        ? ["nothing: the ledger has this rollback; tonight's run checks the traffic again"]
        : [recordLine(`rollback --preset ${preset}`, null)];
    case "candidate_served":
    case "other_served":
    case "above_share":
      return [
        ...(heldSince === null
          ? []
          : [
              `it holds since ${localTime(heldSince, timeZone)}: if pages loaded before the rollback explain the rest, ${again} --since ${heldSince}`,
            ]),
        preset === "immediate"
          ? `see that DISCOVERY_FORCE_ALGO_VERSION=${baseline} is set on every server and its config and cache are reloaded, then: ${again} --since "TIME OF THE RELOAD"`
          : `see that the gate is set on every server and its config and cache are reloaded, then: ${again} --since "TIME OF THE RELOAD"`,
        ...(preset === "standard" && claim.allowed === 0
          ? [`if it is your controlled validation traffic of ${candidate}, say how much: --exposure 1%`]
          : []),
        ...(preset === "standard"
          ? ["if it does not help, force the baseline: the immediate preset of the report"]
          : []),
      ];
    case "no_data":
      return [
        "wait for the next export and run this again; or save feed responses of different users and name them:",
        `curl FEED-URL > responses/1.json; ${again} --since ${claim.since} --responses "responses/*.json"`,
      ];
    case "too_few":
      return [
        `wait for the next export and run this again, or add saved feed responses of different users: --responses "responses/*.json"`,
      ];
    case "times_disagree":
      return [
        `set options.time_zone of the source in rollout.yaml, or correct event_date in the export, then: ${again}`,
      ];
    case "unreadable":
      return ["take these files away or save them again (the body alone, as JSON), and run this again"];
    default:
      return proof.why satisfies never;
  }
}
