/** What `gatebook record` says after it wrote: the row in one sentence, and what comes next. */
import type { PersonEntry } from "../ledger/record.ts";
import { addDays } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { LedgerState } from "../model/ledger.ts";

export function recordedText(entry: PersonEntry, config: Config, ledger: LedgerState): string {
  const { rollout, effective, person, reason, ticket } = entry;
  const suffix = ticket === null ? "" : ` (${ticket})`;
  const head = `Recorded for ${rollout}, from ${effective} on: ${whatText(entry)}, by ${person}: ${reason}${suffix}`;
  return [head, "Next:", ...nextSteps(entry, config, ledger).map((step) => `  ${step}`)].join("\n");
}

function whatText(entry: PersonEntry): string {
  const { kind, fromGate, toGate, preset, action, until, subject } = entry;
  const shares = `the candidate's share goes from ${shareText(entry.fromShare)} to ${shareText(entry.toShare)}`;
  switch (kind) {
    case "promote":
      return `promote ${fromGate} → ${toGate} (${shares})`;
    case "rollback":
      return `${preset} rollback ${toGate === null ? `at ${fromGate}` : `${fromGate} → ${toGate}`} (${shares})`;
    case "override":
      return `override with ${action} until ${until}`;
    case "accept":
      return `accept ${subject}`;
    case "hold":
    case "clear":
      return kind;
    default:
      return kind satisfies never;
  }
}

/** 0.1 → "10%", 0.125 → "12.5%" */
function shareText(share: number | null): string {
  return share === null ? "?" : `${Number((share * 100).toPrecision(6))}%`;
}

function nextSteps(entry: PersonEntry, config: Config, { latched }: LedgerState): readonly string[] {
  const { kind, effective } = entry;
  switch (kind) {
    case "promote":
      return [
        ...gateLines(entry, config),
        `the night of ${addDays(effective, 1)} checks that ${shareText(entry.toShare)} of units get the candidate`,
        ...(latched === null
          ? []
          : [
              `the rollback of ${latched.since} stays latched until: gatebook record clear --reason "WHY" --by "YOUR NAME"`,
            ]),
      ];
    case "rollback":
      return [
        ...gateLines(entry, config),
        `gatebook verify-rollback --preset ${entry.preset} --since "TIME OF THE RELOAD"`,
        `the night of ${addDays(effective, 1)} checks that ${shareText(entry.toShare)} of units get the candidate`,
      ];
    case "clear":
      return [
        `nights from ${effective} on are judged again, on days from ${effective} on; earlier days no longer count`,
      ];
    case "override":
      return [
        entry.action === "hold"
          ? `nights from ${effective} to ${entry.until} do not promote; a rollback still shows`
          : `nights from ${effective} to ${entry.until} say it beside their verdict, which stays as it is`,
      ];
    case "accept":
      return [`nights from ${effective} on count it as settled`];
    case "hold":
      return [
        "nothing: the note changes no verdict",
        'to keep the next nights from promoting: gatebook record override --action hold --until DAY --reason "WHY" --by "YOUR NAME"',
      ];
    default:
      return kind satisfies never;
  }
}

/** The gate that the app now stands at must be the one that rollout.yaml names, and since when. */
function gateLines({ toGate, effective }: PersonEntry, { activeGate }: Config): readonly string[] {
  if (toGate === null) return [];
  if (activeGate.name === toGate && activeGate.started !== null && activeGate.started.day >= effective) {
    return [`rollout.yaml already says active_gate: ${toGate}, started ${activeGate.started.day}`];
  }
  return [
    `edit rollout.yaml: active_gate: ${toGate}, and on gate ${toGate} started: ${effective}THH:MM, the time you did it (that day is then a ramp day)`,
  ];
}
