/** What people recorded, as every place says it. */
import type { KeptRecord } from "../model/ledger.ts";
import { weekdayText } from "./times.ts";

/** "promoted g10 → g50" */
export function deedText(record: KeptRecord): string {
  const { kind, fromGate, toGate, preset, action, until, subject } = record;
  switch (kind) {
    case "promote":
      return `promoted ${fromGate ?? "switched off"} → ${toGate}${subject === null ? "" : `, ${subject}`}`;
    case "rollback":
      return `rolled back (${preset}) ${toGate === null ? `at ${fromGate}` : `${fromGate} → ${toGate}`}`;
    case "hold":
      return "noted a hold";
    case "clear":
      return "cleared the rollback";
    case "override":
      return `overrode the verdict with ${action} until ${until}`;
    case "accept":
      return `accepted ${subject}`;
    case "complete":
      return `closed ${fromGate}`;
    case "undo":
      return "took a record back";
    default:
      return kind satisfies never;
  }
}

/** "Fri 2026-02-13: Ada promoted g10 → g50 (CHG-17): Two quiet days." */
export function recordText(record: KeptRecord): string {
  const { date, by, ticket, reason } = record;
  return `${weekdayText(date)}: ${by} ${deedText(record)}${ticket === null ? "" : ` (${ticket})`}: ${reason}`;
}
