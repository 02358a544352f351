/** The whole answer of `gatebook verify-rollback`, as text or JSON. Pure. */
import type { ServedHour } from "../../verify/events.ts";
import { formatTable } from "../terminal/table.ts";
import type { Seen } from "../verify/verify-look.ts";
import { nextLines, noteLines } from "./verify-next.ts";
import { localTime, numberLines, verdictSentence } from "./verify-text.ts";

export type Told = Seen & { readonly notLoaded: string | null };

export function textOf(seen: Told, columns: number): string {
  const notes = noteLines(seen, seen).map((note) => `Note: ${note}`);
  return [
    verdictSentence(seen),
    ...numberLines(seen),
    ...hourTable(seen, columns),
    ...notes,
    "Next:",
    ...nextLines(seen, seen).map((line) => `  ${line}`),
  ].join("\n");
}

/** The hours that show the candidate, and the latest; a fortnight of hours would hide them. */
const MOST_HOURS = 24;

function hourTable({ claim, evidence, timeZone }: Told, columns: number): readonly string[] {
  const hours = evidence.events?.hours ?? [];
  if (hours.length === 0) return [];
  const shown = hours
    .toSorted((a, b) => Number(isSuspect(b)) - Number(isSuspect(a)) || (a.hour < b.hour ? 1 : -1))
    .slice(0, MOST_HOURS)
    .toSorted((a, b) => (a.hour < b.hour ? -1 : 1));
  const asked = [
    { name: claim.baseline, of: (hour: ServedHour) => hour.baseline, always: true },
    { name: claim.candidate, of: (hour: ServedHour) => hour.candidate, always: true },
    { name: "other", of: (hour: ServedHour) => hour.other, always: false },
    { name: "late", of: (hour: ServedHour) => hour.late, always: false },
  ].filter(({ of, always }) => always || hours.some((hour) => of(hour) > 0));
  const head = [
    { name: `hour (${timeZone})`, type: "VARCHAR" },
    ...asked.map(({ name }) => ({ name, type: "BIGINT" })),
  ];
  const rows = shown.map((hour) => [localTime(hour.hour, timeZone), ...asked.map(({ of }) => of(hour))]);
  const left = hours.length - shown.length;
  const more = left === 0 ? [] : [`${left} more hours (--json has them all)`];
  return ["", formatTable(head, rows, { columns }), ...more, ""];
}

function isSuspect({ candidate, other }: ServedHour): boolean {
  return candidate + other > 0;
}

export function jsonOf(seen: Told): string {
  const { claim, evidence, proof } = seen;
  const answer = {
    outcome: proof.outcome,
    sentence: verdictSentence(seen),
    claim,
    proof,
    ...evidence,
    notes: noteLines(seen, seen),
    next: nextLines(seen, seen),
  };
  return JSON.stringify(answer, null, 2);
}
