/**
 * What a person asked `gatebook record` to write → the ledger's row, or why it may not be written. In: the options, the
 * rollout's gates, the ledger as of the day it counts from. Out: one PersonEntry. Pure: it opens and writes nothing.
 */
import type { PersonEntry } from "../ledger/record.ts";
import type { RECORD_KINDS } from "../ledger/state.ts";
import { addDays } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { Action, Day, Preset } from "../model/words.ts";
import { promotion, usage, wayBack } from "./record-move.ts";

export interface RecordRequest {
  readonly kind: Exclude<(typeof RECORD_KINDS)[number], "accept">;
  readonly reason: string;
  readonly by: string;
  readonly ticket: string | null;
  /** First day on which it counts. */
  readonly date: Day;
  readonly today: Day;
  readonly until: Day | null;
  readonly gate: string | null;
  readonly preset: Preset | null;
  readonly action: Action | null;
  readonly recordedAt: string;
}

/** `ledger` is what a night of `request.date` starts from, with the rollback that is latched by now. */
export function recordEntry(request: RecordRequest, config: Config, ledger: LedgerState): PersonEntry {
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
      return { ...entry, ...promotion(request, config, ledger) };
    case "rollback":
      return { ...entry, ...wayBack(request, config, ledger) };
    case "clear":
      refuseClear(request, ledger);
      return entry;
    case "override":
      return { ...entry, ...override(request) };
    case "hold":
      return entry;
    default:
      return request.kind satisfies never;
  }
}

function said(text: string, option: string, hint: string): string {
  if (text.trim() === "") throw usage(`--${option} is empty`, hint);
  return text.trim();
}

const BELONGS = {
  gate: ["promote", "rollback"],
  preset: ["rollback"],
  action: ["override"],
  until: ["override"],
} as const satisfies Readonly<Record<string, readonly RecordRequest["kind"][]>>;

/** `record hold --until` would look like a standing order and be none. */
function refuseStrayOptions(request: RecordRequest): void {
  for (const [option, kinds] of Object.entries(BELONGS)) {
    const given = request[option as keyof typeof BELONGS] !== null;
    if (given && !kinds.some((kind) => kind === request.kind)) {
      const right = kinds.map((kind) => `gatebook record ${kind}`).join(" and ");
      throw usage(`--${option} means nothing to record ${request.kind}`, `it belongs to ${right}`);
    }
  }
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
      "gatebook history shows what the ledger holds",
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
