/** What a person asked `gatebook record` to write → the ledger's row, or why it must not be written. Pure. */
import type { PersonEntry } from "../../ledger/record.ts";
import type { PersonRecord } from "../../ledger/state.ts";
import { addDays } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { LedgerState } from "../../model/ledger.ts";
import { usageError } from "../terminal/errors.ts";
import { acceptedWord, type Offers } from "./record-finding.ts";
import type { KnownLedger } from "./record-known.ts";
import { lastGate, promotion, wayBack } from "./record-move.ts";
import { filledIn, type RecordRequest } from "./record-request.ts";

/** `known` is the ledger on `request.date`; `offers` are the latest night's findings. */
export function recordEntry(
  request: RecordRequest,
  config: Config,
  { known, offers }: { readonly known: KnownLedger; readonly offers: Offers | null },
): PersonEntry {
  const { ledger } = known;
  const entry: PersonEntry = {
    rollout: config.rollout.name,
    kind: request.kind,
    effective: request.date,
    fromGate: null,
    toGate: null,
    fromShare: null,
    toShare: null,
    preset: null,
    action: null,
    until: null,
    subject: null,
    reason: filledIn(request.reason, "reason", "explain it: whoever audits this reads it first"),
    person: filledIn(request.by, "by", "name who decided it"),
    ticket: request.ticket === null ? null : filledIn(request.ticket, "ticket", "or leave --ticket out"),
    recordedAt: request.recordedAt,
  };
  refuseStrayOptions(request);
  refuseFuture(request, ledger);
  switch (request.kind) {
    case "promote":
      return { ...entry, ...promotion(request, config, known) };
    case "rollback":
      return { ...entry, ...wayBack(request, config, known) };
    case "clear":
      refuseClear(request, ledger);
      return entry;
    case "override":
      return { ...entry, ...override(request) };
    case "accept":
      return { ...entry, subject: acceptedWord(wantedFinding(request), offers) };
    case "complete":
      return { ...entry, fromGate: closedGate(config, known) };
    case "undo": {
      const undone = undoneRecord(request, known);
      // wherever that record is seen, so is what takes it back
      return { ...entry, effective: undone.effective, subject: String(undone.number) };
    }
    case "hold":
      return entry;
    default:
      return request.kind satisfies never;
  }
}

function wantedFinding({ what, day }: RecordRequest): string | null {
  if (what !== null && day !== null)
    throw usageError("--day does not work with a finding", "a record accepts one finding");
  return day === null ? what : `day:${day}`;
}

function closedGate(config: Config, known: KnownLedger): string {
  const { latched, completed } = known.ledger;
  const gate = lastGate(config, known);
  if (completed !== null)
    throw usageError(
      `${completed.by} closed ${gate.name} on ${completed.since}`,
      "there is no gate left to close",
    );
  if (latched !== null) {
    const hint = "roll back and clear it first (gatebook record rollback, gatebook record clear)";
    throw usageError(`the rollback of ${latched.since} is latched: ${gate.name} cannot be closed`, hint);
  }
  return gate.name;
}

function undoneRecord({ what }: RecordRequest, { records }: KnownLedger): PersonRecord {
  const record = records.find(({ number }) => String(number) === what);
  if (record !== undefined) return record;
  const current = records.map(({ number, kind, effective }) => `${number} (${kind} of ${effective})`);
  throw usageError(
    what === null ? "the number of the record is missing" : `there is no record ${what} to undo`,
    current.length === 0
      ? "there are no records"
      : `current records: ${current.join(", ")}; gatebook history shows them in full`,
  );
}

/** `record hold --until` would look like an override that expires, and be none. */
function refuseStrayOptions({
  kind,
  what,
  day,
  gate,
  preset,
  action,
  until,
  ...request
}: RecordRequest): void {
  const options: readonly (readonly [unknown, string, readonly RecordRequest["kind"][]])[] = [
    [what, what ?? "", ["accept", "undo"]],
    [day, "--day", ["accept"]],
    [gate, "--gate", ["promote", "rollback"]],
    [preset, "--preset", ["rollback"]],
    [action, "--action", ["override"]],
    [until, "--until", ["override"]],
    [request.againstVerdict || null, "--against-verdict", ["promote"]],
  ];
  for (const [given, name, kinds] of options) {
    if (given === null || kinds.includes(kind)) continue;
    const right = kinds.map((one) => `gatebook record ${one}`).join(" and ");
    throw usageError(`${name} does not work with record ${kind}`, `it belongs to ${right}`);
  }
}

/** A record is of what was done by today. Only an override may start later, and a clear on the day after a rollback of today. */
function refuseFuture({ kind, date, today }: RecordRequest, { latched }: LedgerState): void {
  const dayAfter = kind === "clear" && latched !== null ? addDays(latched.since, 1) : today;
  if (kind === "override" || date <= today || date <= dayAfter) return;
  throw usageError(
    `--date ${date} is in the future`,
    `a record is of what was already done; today is ${today}`,
  );
}

function refuseClear({ date }: RecordRequest, { latched }: LedgerState): void {
  if (latched === null) {
    throw usageError(
      `no rollback is latched on ${date}: there is nothing to clear`,
      "gatebook history shows the ledger",
    );
  }
  // The night that called for the rollback would stay latched: a clear counts for the nights before its day.
  if (date <= latched.since) {
    throw usageError(
      `the rollback of ${latched.since} cannot be cleared from ${date} on`,
      `a new observation window starts on the day after at the earliest: --date ${addDays(latched.since, 1)}`,
    );
  }
}

function override({ action, until, date }: RecordRequest): Pick<PersonEntry, "action" | "until"> {
  if (action === null) throw usageError("--action is missing", "name what counts instead: --action hold");
  if (until === null)
    throw usageError("--until is missing", `an override needs its last day: --until ${addDays(date, 2)}`);
  if (until < date)
    throw usageError(`--until ${until} is before ${date}`, "its last day cannot be before its first");
  return { action, until };
}
