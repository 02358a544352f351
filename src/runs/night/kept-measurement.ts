/**
 * What a run measured, kept beside the store for a run with the same tool, rollout.yaml, SQL files, window, loads and relations: the
 * same rows give the same digits. One changed byte of these, and it is measured again. Events that have been dropped since change
 * nothing: a night that is run again must not think better of what it saw in them. Without the file it sees those that are left.
 */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mayBeUnsteady } from "../../engine/closed-names.ts";
import type { Engine, Engines } from "../../engine/engine.ts";
import type { Phase } from "../../model/words.ts";
import { catalogFiles } from "../../queries/catalog/catalog.ts";
import { keptText, parseKept } from "../../result/kept-measurement.ts";
import { moveOver } from "../../warehouse/files.ts";
import { type FirstDayRequest, measureFirstDay } from "../measure/measure-first-day.ts";
import { type MeasuredWindow, measureWindow, type Timed } from "../measure/measure-window.ts";
import { temporaryName } from "./write-reports.ts";

export interface NightRequest extends FirstDayRequest {
  readonly phase: Phase;
  /** Of the tool. */
  readonly version: string;
  /** Where the last measurement is kept. */
  readonly folder: string;
}

/** What a run measures, by its phase: the hours of a first day, or the days of the gate so far unless they are kept. */
export async function measureNight(
  engines: Engines,
  request: NightRequest,
  time: Timed,
): Promise<MeasuredWindow> {
  if (request.phase === "first-24h") return await measureFirstDay(engines, request, time);
  const key = await measurementKey(engines.books, request);
  const events = await countEvents(engines.books);
  const kept = await readKept(request.folder, { key, events });
  if (kept === null) {
    const night = await measureWindow(engines, request, time);
    await keepMeasurement(request.folder, { key, events }, night);
    return night;
  }
  // the same stages, so that a run and its repetition differ in nothing but times
  return {
    measurement: await time("measure", async () => kept.measurement),
    cells: await time("cells", async () => {
      await request.onCells?.(kept.cells);
      return kept.cells;
    }),
  };
}

/** Metadata tables from which everything else in the store follows, but for what dropping events changes. */
const METADATA = [
  "SELECT * FROM load_files ORDER BY ALL",
  "SELECT * FROM load_state WHERE key NOT IN ('first_open_day', 'unit') ORDER BY ALL",
  "SELECT * FROM touched_days ORDER BY ALL",
  "SELECT * FROM relation_builds ORDER BY ALL",
  "SELECT * FROM relation_pending ORDER BY ALL",
];

/** Of the same loads: what was measured, and with how many of their single events. `key`: null when it is not to be kept. */
interface Measured {
  readonly key: string | null;
  readonly events: number;
}

async function countEvents(engine: Engine): Promise<number> {
  const [row] = await engine.rows("SELECT count(*) AS events FROM event_rows");
  return Number(row?.["events"]);
}

/** What reads the ledger, the clock or random numbers changes each time. A word too many here costs time, one too few a number. */
const LEDGER = /\b(decisions|restatements|records)\b/i;

/** Increases with what is measured, so that a later build of the same version does not use an earlier one's. */
const MEASURED = 5;

/** Null when the result may change without a trace in the metadata. */
async function measurementKey(engine: Engine, request: NightRequest): Promise<string | null> {
  const files = catalogFiles(request.catalog);
  if (files.some(({ sql }) => LEDGER.test(sql) || mayBeUnsteady(sql))) return null;
  const hash = createHash("sha256");
  const { version, config, catalog, window, timeoutMs, presentColumns } = request;
  const tool = [MEASURED, version, engine.version];
  const asked = [...tool, config.sha256, window, timeoutMs, [...presentColumns].sort()];
  hash.update(JSON.stringify([asked, catalog]));
  for (const table of METADATA) hash.update(JSON.stringify((await engine.table(table)).rows));
  return hash.digest("hex");
}

/** Null when there is none for this key, or dropped events have come back since. */
async function readKept(folder: string, { key, events }: Measured): Promise<MeasuredWindow | null> {
  if (key === null) return null;
  const kept = parseKept(await readFile(fileOf(folder), "utf8").catch(() => ""));
  return kept?.key === key && kept.events >= events ? kept : null;
}

/** A measurement with an error in it may have met a time limit: the next run tries again. */
async function keepMeasurement(
  folder: string,
  { key, events }: Measured,
  night: MeasuredWindow,
): Promise<void> {
  const { metrics, checks } = night.measurement;
  const parts = [...metrics, ...metrics.flatMap(({ dimensions }) => dimensions), ...checks, ...night.cells];
  if (key === null || parts.some(({ error }) => error !== null)) return;
  const temporary = temporaryName(fileOf(folder));
  try {
    await writeFile(temporary, keptText({ key, events, ...night }));
    await moveOver(temporary, fileOf(folder));
  } catch {
    // a full disk is reported where it matters: by the store and the report
    await rm(temporary, { force: true });
  }
}

function fileOf(folder: string): string {
  return join(folder, "measurement.json");
}
