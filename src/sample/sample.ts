/** Deterministic exports with a known truth: a scenario, a length and a seed → the files of `exports/`, truth.json among them. */
import type { Engine } from "../engine/engine.ts";
import { addDays, isDay } from "../model/calendar.ts";
import { GatebookError } from "../model/error.ts";
import type { Day } from "../model/words.ts";
import { createRandom } from "../statistics/random.ts";
import { type DayExport, exportDay, feedPath, fileTruth, savesPath } from "./exports/day-export.ts";
import { loseTraffic, plantDefects } from "./exports/defects.ts";
import { feedText, savesGzip } from "./exports/export-text.ts";
import { prepareExports, truthPath, writeExport } from "./exports/exports-folder.ts";
import { gapDefects, gapTraffic } from "./exports/gap-record.ts";
import { itemsPath, writeItems } from "./exports/items-file.ts";
import { configDumpText, dotenvPath, dotenvText, dumpPath } from "./exports/settings.ts";
import { deliveredOf, metricTruths, platformTruths } from "./metric-truth.ts";
import {
  baselineVersion,
  candidateVersion,
  configuredExposure,
  expectedVerdict,
  type Plan,
  planOf,
  type Scenario,
} from "./scenario.ts";
import { makeCatalogue } from "./traffic/catalogue.ts";
import { gapUsers } from "./traffic/gaps.ts";
import { makePopulation, withTurnover } from "./traffic/population.ts";
import type { FeedRow } from "./traffic/rows.ts";
import { defaultFirstDay, type ScheduledDay, scheduleBefore, scheduleDays } from "./traffic/schedule.ts";
import { addConcentration, emptyConcentration, tallyDay } from "./traffic/tally.ts";
import { makeTraffic, type World } from "./traffic/traffic.ts";
import type { Defect, FileTruth, SampleTruth, VariantDayTotals } from "./truth.ts";

export interface SampleOptions {
  /** The workspace: the folder of rollout.yaml. */
  readonly root: string;
  readonly scenario: Scenario;
  readonly days: number;
  /** Days of exports before the rollout's first day, on which everybody gets the baseline. Default: none. */
  readonly before?: number | undefined;
  readonly seed: number;
  /** Default: the sample begins on 2026-02-01, the day g10 started. */
  readonly lastDay?: Day | undefined;
  /** Default: the scenario's own, about 50,000 impressions a day. */
  readonly usersPerDay?: number | undefined;
  /** Called after each day is written; `done`: days of the rollout so far, 0 and less before it. */
  readonly onDay?: ((date: Day, done: number) => void) | undefined;
}

const MOST_DAYS = 400;
const FEWEST_USERS = 20;

/** Writes the sample; the engine is opened for the Parquet file alone and closed again. */
export async function writeSample(
  options: SampleOptions,
  openEngine: () => Promise<Engine>,
): Promise<SampleTruth> {
  const plan = planOf(options.scenario);
  const usersPerDay = options.usersPerDay ?? plan.usersPerDay;
  refuseNonsense(options, usersPerDay);
  const { root, seed, days: length, before = 0 } = options;
  const firstDay = options.lastDay === undefined ? defaultFirstDay : addDays(options.lastDay, 1 - length);
  const days = scheduleDays({ firstDay, days: length, plan }, createRandom(`schedule ${seed}`));
  const daysBefore = scheduleBefore({ firstDay, days: before }, createRandom(`schedule before ${seed}`));
  const catalogue = makeCatalogue(createRandom(`catalogue ${seed}`));
  const users = peopleOf(options, usersPerDay, plan);
  const world = { seed, users, catalogue, share: plan.delivered, gap: plan.gap, platforms: plan.platforms };

  const paths = [...daysBefore, ...days].flatMap((day) => [feedPath(day.date), savesPath(day.date)]);
  prepareExports(root, [...paths, itemsPath]);
  writeExport(root, dotenvPath, dotenvText());
  writeExport(root, dumpPath, configDumpText());
  const engine = await openEngine();
  try {
    await writeItems(root, catalogue.items, engine);
  } finally {
    engine.close();
  }
  const { onDay } = options;
  const earlier = writeDays({ root, ...withoutFaults(plan, world), days: daysBefore, onDay });
  const written = writeDays({ root, plan, world, days, onDay });

  const truth: SampleTruth = {
    sampleVersion: 1,
    scenario: options.scenario,
    seed,
    usersPerDay,
    firstDay,
    lastDay: addDays(firstDay, length - 1),
    ...(before > 0 && {
      before: { firstDay: addDays(firstDay, -before), lastDay: addDays(firstDay, -1), days: before },
    }),
    timeZone: "UTC",
    baseline: baselineVersion,
    candidate: candidateVersion,
    exposure: { configured: configuredExposure, delivered: deliveredOf(plan) },
    ...(plan.platforms !== null && { platforms: platformTruths(plan, days) }),
    metrics: metricTruths({ plan, days, catalogue, ...written }),
    totals: [...earlier.totals, ...written.totals],
    files: [...earlier.files, ...written.files, itemsTruth(catalogue.items.length)],
    defects: written.defects,
    expected: before === 0 ? expectedVerdict(options.scenario, length, usersPerDay) : null,
  };
  writeExport(root, truthPath, `${JSON.stringify(truth, null, 2)}\n`);
  return truth;
}

/** People return; over days before the rollout they also leave and come, and have tastes that last. */
function peopleOf({ seed, days, before = 0 }: SampleOptions, usersPerDay: number, plan: Plan) {
  const share = plan.delivered;
  const users = gapUsers(plan.gap, makePopulation(usersPerDay, share, createRandom(`population ${seed}`)));
  return before === 0 ? users : withTurnover(users, { days, share }, createRandom(`turnover ${seed}`));
}

/** Before the rollout nothing that a scenario plants has happened yet. */
function withoutFaults(plan: Plan, world: World): Pick<Writing, "plan" | "world"> {
  const plain = { gap: null, platforms: plan.platforms === null ? null : { ctr: {}, delivered: {} } };
  return { plan: { ...plan, ...plain, defects: false }, world: { ...world, ...plain } };
}

interface Writing extends Pick<SampleOptions, "root" | "onDay"> {
  readonly plan: Plan;
  readonly world: World;
  readonly days: readonly ScheduledDay[];
}

/** Day by day, so that a month takes no more memory than a day. */
function writeDays({ root, plan, world, days, onDay }: Writing) {
  const totals: VariantDayTotals[] = [];
  const files: FileTruth[] = [];
  const defects: Defect[] = [];
  const concentration = emptyConcentration();
  let previous: readonly FeedRow[] = [];
  for (const day of days) {
    const whole = makeTraffic(world, day);
    const gapped = gapTraffic(plan.gap, whole, { day, days: days.length });
    const kept = plan.defects ? loseTraffic(day, days.length, whole) : gapped;
    const clean = exportDay(day, kept);
    const context = { days: days.length, seed: world.seed, whole, kept, previous };
    const exported = plan.defects ? plantDefects(clean, context) : clean;
    files.push(...writeDay(root, exported, plan.platforms !== null));
    defects.push(...exported.defects, ...gapDefects(plan.gap, exported, { whole, kept }));
    totals.push(...tallyDay(day, kept));
    addConcentration(concentration, kept);
    previous = exported.feed.rows;
    onDay?.(day.date, day.index + 1);
  }
  return { totals, concentration, files, defects };
}

function writeDay(
  root: string,
  { day, feed, saves }: DayExport,
  hasPlatforms: boolean,
): readonly FileTruth[] {
  writeExport(root, feed.path, feedText(feed, hasPlatforms));
  if (saves === null) return [fileTruth(feed)];
  // The app called its column `meta` until a release on the fourth day of the sample.
  writeExport(root, saves.path, savesGzip(saves, day.index < 3 ? "meta" : "metadata"));
  return [fileTruth(feed), fileTruth(saves)];
}

function itemsTruth(rows: number): FileTruth {
  return { path: itemsPath, source: "items", rows, loaded: rows, duplicates: 0, conflicts: 0, rejected: 0 };
}

function refuseNonsense({ days, before = 0, seed, lastDay }: SampleOptions, usersPerDay: number): void {
  const wrong = (message: string, hint: string): GatebookError =>
    new GatebookError("usage", message, { hint });
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw wrong(`a sample of ${days} days cannot be made`, `--days takes 1 to ${MOST_DAYS}`);
  }
  if (!Number.isInteger(before) || before < 0 || before > MOST_DAYS)
    throw wrong(`${before} days before the rollout cannot be made`, `--before takes 0 to ${MOST_DAYS}`);
  if (!Number.isSafeInteger(seed))
    throw wrong(`${seed} is not a valid seed`, "--seed takes a whole number, e.g. 1");
  if (!Number.isInteger(usersPerDay) || usersPerDay < FEWEST_USERS) {
    throw wrong(`${usersPerDay} users a day are too few`, `a sample needs at least ${FEWEST_USERS}`);
  }
  if (lastDay !== undefined && !isDay(lastDay)) {
    throw wrong(`"${lastDay}" is not a day`, "a day is written 2026-02-07");
  }
}
