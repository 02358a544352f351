/**
 * What a person asked `gatebook record` to write → the ledger's row, or why it may not be written. In: the options, the
 * rollout's gates, the ledger as of the day it counts from. Out: one PersonEntry. Pure: it opens and writes nothing.
 */
import type { PersonEntry } from "../../ledger/record.ts";
import type { PersonRecord } from "../../ledger/state.ts";
import { addDays } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { LedgerState } from "../../model/ledger.ts";
import { acceptedWord, type Offers } from "./record-finding.ts";
import type { KnownLedger } from "./record-known.ts";
import { lastGate, promotion, wayBack } from "./record-move.ts";
import { said } from "./record-person.ts";
import { type RecordRequest, usage } from "./record-request.ts";

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
    reason: said(request.reason, "reason", "say why: whoever audits this reads it first"),
    person: said(request.by, "by", "name who decided it"),
    ticket: request.ticket === null ? null : said(request.ticket, "ticket", "or leave --ticket out"),
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
  if (what !== null && day !== null) throw usage("--day beside a finding", "a record accepts one finding");
  return day === null ? what : `day:${day}`;
}

function closedGate(config: Config, known: KnownLedger): string {
  const { latched, completed } = known.ledger;
  const gate = lastGate(config, known);
  if (completed !== null)
    throw usage(
      `${completed.by} closed ${gate.name} on ${completed.since}`,
      "there is nothing left to close",
    );
  if (latched !== null) {
    const hint = "roll back and clear it first (gatebook record rollback, gatebook record clear)";
    throw usage(`the rollback of ${latched.since} is latched: ${gate.name} cannot be closed`, hint);
  }
  return gate.name;
}

function undoneRecord({ what }: RecordRequest, { records }: KnownLedger): PersonRecord {
  const record = records.find(({ number }) => String(number) === what);
  if (record !== undefined) return record;
  const standing = records
    .map(({ number, kind, effective }) => `${number} (${kind} of ${effective})`)
    .join(", ");
  throw usage(
    what === null ? "the number of the record is missing" : `there is no record ${what} to take back`,
    standing === ""
      ? "there are no records"
      : `current records: ${standing}; gatebook history shows them in full`,
  );
}

const BELONGS = {
  what: ["accept", "undo"],
  day: ["accept"],
  gate: ["promote", "rollback"],
  preset: ["rollback"],
  action: ["override"],
  until: ["override"],
} as const satisfies Readonly<Record<string, readonly RecordRequest["kind"][]>>;

/** `record hold --until` would look like a standing order and be none. */
function refuseStrayOptions(request: RecordRequest): void {
  for (const [option, kinds] of Object.entries(BELONGS)) {
    const given = request[option as keyof typeof BELONGS];
    if (given !== null && !kinds.some((kind) => kind === request.kind)) {
      const right = kinds.map((kind) => `gatebook record ${kind}`).join(" and ");
      const name = option === "what" ? given : `--${option}`;
      throw usage(`${name} does not work with record ${request.kind}`, `it belongs to ${right}`);
    }
  }
  if (request.againstVerdict && request.kind !== "promote")
    throw usage(
      `--against-verdict does not work with record ${request.kind}`,
      "it belongs to gatebook record promote",
    );
}

/** What was done was done by today. An override may begin later, and a clear on the day after a rollback of today. */
function refuseFuture({ kind, date, today }: RecordRequest, { latched }: LedgerState): void {
  const dayAfter = kind === "clear" && latched !== null ? addDays(latched.since, 1) : today;
  if (kind === "override" || date <= today || date <= dayAfter) return;
  throw usage(`--date ${date} is in the future`, `a record says what was done; today is ${today}`);
}

function refuseClear({ date }: RecordRequest, { latched }: LedgerState): void {
  if (latched === null) {
    throw usage(
      `no rollback is latched on ${date}: there is nothing to clear`,
      "gatebook history shows the ledger",
    );
  }
  // The night that called for it would stay latched: a clear counts for the nights before its day.
  if (date <= latched.since) {
    throw usage(
      `the rollback of ${latched.since} cannot be cleared from ${date} on`,
      `a new observation window starts on the day after at the earliest: --date ${addDays(latched.since, 1)}`,
    );
  }
}

function override({ action, until, date }: RecordRequest): Pick<PersonEntry, "action" | "until"> {
  if (action === null) throw usage("--action is missing", "say what counts instead: --action hold");
  if (until === null)
    throw usage("--until is missing", `an override ends by itself: --until ${addDays(date, 2)}`);
  if (until < date) throw usage(`--until ${until} is before ${date}`, "its last day comes after its first");
  return { action, until };
}
