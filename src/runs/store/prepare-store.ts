/**
 * A store made ready for whoever has opened it: its tables are those of this version. Nights that the reports have and the ledger
 * lacks are taken over; where earlier nights left traces and nothing to take over, that blocks the rollout until a person settles it.
 */
import type { Engine } from "../../engine/engine.ts";
import type { Judgement } from "../../judge/input.ts";
import { judge } from "../../judge/judge.ts";
import { addMemory, type MemoryEntry, readKnown } from "../../ledger/memory.ts";
import { writeNight } from "../../ledger/night.ts";
import { addRecord } from "../../ledger/record.ts";
import { readLedger } from "../../ledger/state.ts";
import { createLedgerTables } from "../../ledger/tables.ts";
import { addRemembered, missingRecords } from "../../ledger/take-over.ts";
import { createLoadTables } from "../../load/records/tables.ts";
import { dayAt, isoSeconds } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { Result } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import { markFormat } from "../../warehouse/format.ts";
import type { Store } from "../../warehouse/store.ts";
import { storedText } from "../night/record-night.ts";
import { judgeInputOf, recordedConfig } from "../replay/judge-again.ts";
import { findNights, type KeptNight, type PreparedFor } from "./kept-nights.ts";

export async function prepareStore(store: Store, request: PreparedFor, context: Context): Promise<void> {
  await migrate(store.engine, context.version, request.config);
  await rememberLedger(store, request, context);
}

/** All of it or none: killed in between, an older gatebook still finds its own store. */
export async function migrate(
  engine: Engine,
  version: string,
  config?: Pick<Config, "sources">,
): Promise<void> {
  await engine.transaction(async () => {
    await createLoadTables(engine, config);
    await createLedgerTables(engine);
    await markFormat(engine, version);
  });
}

async function rememberLedger(store: Store, request: PreparedFor, context: Context): Promise<void> {
  const { engine, origin } = store;
  const { name } = request.config.rollout;
  if (origin.kind === "copied") {
    const event = await copiedEvent(engine, origin.from);
    await engine.transaction(async () => {
      await note(engine, request, context, event);
      await store.settleOrigin();
    });
  }
  const known = await readKnown(engine, name);
  const nights = await findNights(request, known);
  if (nights.whole.length > 0) await takeOver(engine, nights.whole, request, context);
  const aside = known.rows === 0 && nights.whole.length === 0 ? store.setAside : [];
  const traces = [...aside, ...nights.unreadable];
  if (traces.length === 0) return;
  const reason = `${traces.join(", ")} cannot be read`;
  await note(engine, request, context, { kind: "lost", subject: traces[0] ?? "", reason });
}

type LedgerEvent = Pick<MemoryEntry, "kind" | "subject" | "reason">;

async function note(
  engine: Engine,
  { config: { rollout } }: PreparedFor,
  context: Context,
  event: LedgerEvent,
): Promise<void> {
  const now = context.now();
  const through = (await readKnown(engine, rollout.name)).newestDay;
  const when = { day: dayAt(now, rollout.timeZone), through, recordedAt: isoSeconds(now) };
  await addMemory(engine, { rollout: rollout.name, ...event, ...when, person: "gatebook" });
  context.progress({ stage: "load", text: `ledger ${event.kind}: ${event.reason}` });
}

async function copiedEvent(engine: Engine, from: string): Promise<LedgerEvent> {
  const [row] =
    await engine.rows(`SELECT (SELECT count(*) FROM decisions) AS nights, (SELECT count(*) FROM records) AS records,
    (SELECT max(report_date) FROM decisions) AS last`);
  const until = row?.["last"] == null ? "" : `, the last of ${row["last"]}`;
  const [nights, records] = [
    plural(Number(row?.["nights"]), "night"),
    plural(Number(row?.["records"]), "record"),
  ];
  const reason = `the store was made again from ${from}: ${nights}${until}, and ${records}`;
  return { kind: "recovered", subject: from, reason };
}

/** From the oldest to the newest, whose own ledger then shows what is still missing. All of it or nothing. */
export async function takeOver(
  engine: Engine,
  nights: readonly KeptNight[],
  request: PreparedFor,
  context: Context,
): Promise<void> {
  const newest = nights.at(-1);
  if (newest === undefined) return;
  const { result, path: source } = newest;
  const { rollout, phase, window, ledger } = result;
  const taken = { result, source, recordedAt: isoSeconds(context.now()) };
  await engine.transaction(async () => {
    for (const night of nights) await writeAgain(engine, night.result, result, request.config.root);
    const remembered = await addRemembered(engine, taken);
    const key = { rollout: rollout.name, phase, date: window.reportDate, asOf: window.asOf };
    const records = missingRecords(taken, (await readLedger(engine, key)).state);
    for (const record of records) await addRecord(engine, record);
    const more = remembered === 0 ? "" : `, ${remembered} earlier ones by name alone`;
    const open = ledger.latched === null ? "" : `; the rollback of ${ledger.latched.since} is still latched`;
    const reason = `the ledger lacked what the reports hold and took it over from ${source}: ${nights.length} nights up to ${window.reportDate}${more}, ${records.length} records${open}`;
    await note(engine, request, context, { kind: "recovered", subject: source, reason });
  });
}

async function writeAgain(engine: Engine, result: Result, newest: Result, root: string): Promise<void> {
  const later = newest.ledger.nights.find(
    ({ phase, asOf }) => phase === result.phase && Date.parse(asOf) === Date.parse(result.window.asOf),
  );
  const judged = judgedAgain(result, root);
  await writeNight(engine, {
    result,
    stored: storedText(result),
    healthyDay: later?.healthyDay ?? judged.healthyDay,
    moveSeen: judged.moveSeen,
    changed: "taken over",
    recordedAt: result.provenance.generatedAt,
  });
}

/** A rollout.yaml that is no longer understood leaves the night as little proven as can be. */
function judgedAgain(result: Result, root: string): Pick<Judgement, "healthyDay" | "moveSeen"> {
  try {
    return judge(judgeInputOf(result, recordedConfig(result, root)));
  } catch (error) {
    if (!(error instanceof GatebookError)) throw error;
    return { healthyDay: false, moveSeen: null };
  }
}
