/** What `gatebook record` prints after it wrote: the row in one sentence, and what comes next. */

import { recordLine } from "../../judge/checklist/runbook.ts";
import { variables } from "../../judge/checklist/switches.ts";
import type { PersonEntry } from "../../ledger/record.ts";
import { addDays } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import { lineText } from "../../text/numbers.ts";
import type { KnownLedger } from "../record/record-known.ts";
import { isSwitchedOff } from "../record/record-move.ts";

export function recordedText(entry: PersonEntry, config: Config, known: KnownLedger): string {
  const { rollout, effective, person, reason, ticket } = entry;
  const suffix = ticket === null ? "" : ` (${ticket})`;
  const head = `Recorded for ${rollout}, from ${effective} on: ${whatText(entry)}, by ${person}: ${reason}${suffix}`;
  return [head, "Next:", ...nextSteps(entry, config, known).map((step) => `  ${step}`)].join("\n");
}

function whatText(entry: PersonEntry): string {
  const { kind, fromGate, toGate, preset, action, until, subject } = entry;
  const shares = `the candidate's share goes from ${lineText(entry.fromShare)} to ${lineText(entry.toShare)}`;
  switch (kind) {
    case "promote":
      return `promote ${fromGate ?? "switched off"} → ${toGate} (${shares})${subject === null ? "" : `, ${subject}`}`;
    case "rollback":
      return `${preset} rollback ${toGate === null ? `at ${fromGate}` : `${fromGate} → ${toGate}`} (${shares})`;
    case "override":
      return `override with ${action} until ${until}`;
    case "accept":
      return `accept ${subject}`;
    case "complete":
      return `complete at ${fromGate}`;
    case "undo":
      return `undo of record ${subject}`;
    case "hold":
    case "clear":
      return kind;
    default:
      return kind satisfies never;
  }
}

function nextSteps(entry: PersonEntry, config: Config, known: KnownLedger): readonly string[] {
  const { kind, effective } = entry;
  const { latched } = known.ledger;
  switch (kind) {
    case "promote":
      return [
        ...gateLines(entry, config),
        `the night of ${addDays(effective, 1)} checks that ${lineText(entry.toShare)} of units get the candidate`,
        ...(latched === null
          ? []
          : [`the rollback of ${latched.since} stays latched until: ${recordLine("clear", null)}`]),
      ];
    case "rollback":
      return [
        ...gateLines(entry, config),
        `gatebook verify-rollback --preset ${entry.preset}`,
        `the night of ${addDays(effective, 1)} checks that ${lineText(entry.toShare)} of units get the candidate`,
      ];
    case "clear":
      return [
        `nights from ${effective} on are judged again, on days from ${effective} on; earlier days no longer count`,
        ...(isSwitchedOff(known, effective) ? startAgain(config) : recordFirst(known)),
      ];
    case "override":
      return [
        entry.action === "hold"
          ? `nights from ${effective} to ${entry.until} do not promote; a rollback is still reported`
          : `nights from ${effective} to ${entry.until} note it beside their verdict, which does not change`,
      ];
    case "accept":
      return [`gatebook run --date ${effective}`, `nights from ${effective} on count it as settled`];
    case "complete":
      return [
        `nights from ${effective} on report complete with your reason; a breach still rolls back`,
        `keep ${config.rollout.baseline} and its force toggle configured for a rapid rollback`,
      ];
    case "undo":
      return [
        "no night counts it any more; the ledger keeps both records (gatebook history)",
        "rollout.yaml and the application do not change: check that they match what was done",
      ];
    case "hold":
      return [
        "nothing: the note does not change any verdict",
        `to keep the next nights from promoting: ${recordLine("override --action hold --until DAY", null)}`,
      ];
    default:
      return kind satisfies never;
  }
}

/** The rollout was switched off: it starts again at the first gate. */
function startAgain({ gates: [first], rollout }: Config): readonly string[] {
  if (first === undefined) return [];
  return [
    `to start ${rollout.candidate} again at ${first.name}: ${variables.forced}= (empty), ${variables.enabled}=true, ${variables.activeGate}=${first.name}`,
    "reload the application's config and cache",
    `edit rollout.yaml: active_gate: ${first.name}, and on gate ${first.name} started: the time of the change (that day is then a ramp day); later gates lose their started`,
    recordLine("promote", null),
  ];
}

/** A rollback that nobody recorded: the ledger would take the next promote for one from the present gate. */
function recordFirst({ ledger: { latched } }: KnownLedger): readonly string[] {
  if (latched === null) return [];
  return [
    `if the rollback was carried out but not recorded: ${recordLine(`rollback --preset ${latched.preset} --date ${latched.since}`, null)}`,
  ];
}

/** rollout.yaml must name the gate that the app is now at, and since when. */
function gateLines({ toGate, effective }: PersonEntry, { activeGate }: Config): readonly string[] {
  if (toGate === null) return [];
  if (activeGate.name === toGate && activeGate.started !== null && activeGate.started.day >= effective) {
    return [`rollout.yaml already says active_gate: ${toGate}, started ${activeGate.started.day}`];
  }
  return [
    `edit rollout.yaml: active_gate: ${toGate}, and on gate ${toGate} started: ${effective}THH:MM, the time of the change (that day is then a ramp day)`,
  ];
}
