/** What `gatebook verify-rollback` could not see, and what to do next. Pure. */
import { recordLine } from "../../judge/checklist/runbook.ts";
import { sizeText } from "../../text/numbers.ts";
import { clockText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import type { Verification } from "../verify/verify-look.ts";

export function noteLines({ evidence, claim, coverage, notLoaded }: Verification): readonly string[] {
  const { events, responses } = evidence;
  const late = events?.hours.reduce((sum, hour) => sum + hour.late, 0) ?? 0;
  const others = claim.allowed > 0 ? (events?.others ?? []) : [];
  const uncounted = (count: number, noun: string, rest: string, many?: string): readonly string[] =>
    count === 0 ? [] : [`${plural(count, noun, many)} ${rest}; not counted`];
  const beforeIt = `on pages that ${claim.candidate} filled before the rollback`;
  return [
    ...(notLoaded === null
      ? []
      : [`the exports could not be loaded (${notLoaded}): the warehouse is unchanged`]),
    ...(coverage?.refused ?? []).map((file) => `the last load rejected ${file}: its events are missing here`),
    ...(coverage?.keptFrom == null
      ? []
      : [`events before ${coverage.keptFrom} are no longer kept (keep_events)`]),
    ...(coverage?.misdated ?? []).map(
      ({ source, date, share }) =>
        `${source}: on ${date} ${sizeText(share)} of the rows have an event_date other than the day of occurred_at`,
    ),
    ...uncounted(late, "click or save", beforeIt, "clicks or saves"),
    ...uncounted(events?.untimed ?? 0, "impression", "with a day but no time"),
    ...uncounted(events?.future ?? 0, "impression", "with a time in the future"),
    ...(others.length === 0 ? [] : [`also served: ${others.join(", ")}; not part of the share`]),
    ...uncounted(responses?.olderFiles ?? 0, "file", "of responses saved before the rollback"),
    ...(responses?.shown ?? []).map((place) => `saved response ${place}`),
    ...(responses?.problems ?? []),
  ];
}

export function nextLines({ claim, proof, timeZone, provedSince }: Verification): readonly string[] {
  const { preset, baseline, candidate } = claim;
  const again = `gatebook verify-rollback --preset ${preset}`;
  const setting = preset === "immediate" ? `DISCOVERY_FORCE_ALGO_VERSION=${baseline}` : "the gate";
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
        ...(provedSince === null
          ? []
          : [
              `it is proved since ${clockText(provedSince, timeZone)}: if pages loaded before the rollback explain the rest, ${again} --since ${provedSince}`,
            ]),
        `check that ${setting} is set on every server and that config and cache are reloaded, then, with the time of the reload: ${again} --since ${claim.since}`,
        ...(preset === "standard" && claim.allowed === 0
          ? [`if it is your controlled validation traffic of ${candidate}, give its share: --exposure 1%`]
          : []),
        ...(preset === "standard"
          ? ["if that does not help, force the baseline: the immediate preset of the report"]
          : []),
      ];
    case "no_data":
      return [
        "wait for the next export and run this again, or save feed responses of different users:",
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
      return ["remove these files or save them again (only the body, as JSON), then run this again"];
    default:
      return proof.why satisfies never;
  }
}
