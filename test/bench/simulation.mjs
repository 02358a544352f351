/**
 * How often the judgement errs, on users that are made up and therefore known.
 *
 *   npm run build && node test/bench/simulation.mjs [--quick] [--seed TEXT]
 *
 * For 2,000, 10,000 and 50,000 candidate impressions a day at 10% exposure it plays 14 nights of a rollout many times:
 * once with a candidate that changes nothing, once with one that loses 10% and one that loses 20% of clicks. Each night is
 * called by the judge's own code (dist/judge/metric/classify.js) under both modes, with the thresholds of rollout.yaml and five
 * guardrails, of which the three ratio metrics are simulated. Same seed, same table.
 */
import { classifyDay, classifyObservation } from "../../dist/judge/metric/classify.js";
import { evidenceOf } from "../../dist/judge/metric/evidence.js";
import { createRandom } from "../../dist/statistics/random.js";
import {
  drawGroups,
  GROUP_USERS,
  momentsOf,
  NIGHTS,
  startPopulation,
  sumGroups,
} from "./simulation-model.mjs";

const GUARDRAILS = [
  {
    metric: "ctr",
    denominator: "impressions",
    lines: { harm: "drop", warning: 0.03, rollback: 0.05, severe: 0.1 },
  },
  {
    metric: "long_dwell_share",
    denominator: "clicks",
    lines: { harm: "drop", warning: 0.04, rollback: 0.08, severe: 0.12 },
  },
  {
    metric: "near_duplicate_share",
    denominator: "impressions",
    lines: { harm: "rise", warning: 0.1, rollback: 0.15, severe: null },
  },
];
/** The two concentration guardrails are not simulated, but alpha is shared with them. */
const GUARDRAIL_COUNT = 5;
const MIN_SAMPLE = { impressions: 1000, clicks: 100 };
/** Baseline users per candidate user at 10% exposure. */
const BASELINE_TIMES = 9;

const quick = process.argv.includes("--quick");
const seedAt = process.argv.indexOf("--seed");
const seed = seedAt < 0 ? "gatebook" : process.argv[seedAt + 1];
const scale = quick ? 0.1 : 1;
const plans = [
  { daily: 2000, runs: { 0: 3000, "-0.1": 1000, "-0.2": 1000 } },
  { daily: 10_000, runs: { 0: 3000, "-0.1": 1500, "-0.2": 400 } },
  { daily: 50_000, runs: { 0: 1000, "-0.1": 400, "-0.2": 200 } },
];

const started = performance.now();
const groups = drawGroups(createRandom(`${seed} baseline`), quick ? 2000 : 8000);
console.log(
  `seed ${seed}, ${groups.length * GROUP_USERS} baseline users drawn in ${seconds()} s; ` +
    "share of 14-night rollouts, median night of the verdict in brackets, ± one standard error\n",
);
console.log(
  row([
    "candidate/day",
    "true CTR",
    "runs",
    "evidence: rollback",
    "any of 3",
    "healthy by night 14",
    "literal: rollback",
    "any of 3",
  ]),
);
for (const { daily, runs } of plans) {
  for (const [truth, count] of Object.entries(runs))
    report(daily, Number(truth), Math.max(20, Math.round(count * scale)));
}
console.log(`\n${seconds()} s`);

function report(daily, truth, runs) {
  const random = createRandom(`${seed} ${daily} ${truth}`);
  const outcomes = Array.from({ length: runs }, () => play(random, daily / 1000, 1 + truth));
  const column = (pick) => share(outcomes.map(pick));
  console.log(
    row([
      daily.toLocaleString("en"),
      truth === 0 ? "no change" : `${truth * 100}%`,
      runs.toLocaleString("en"),
      column((one) => one.evidence.ctr),
      column((one) => one.evidence.any),
      column((one) => one.evidence.healthy),
      column((one) => one.literal.ctr),
      column((one) => one.literal.any),
    ]),
  );
}

/** One rollout of 14 nights: the first night of each verdict, or null. */
function play(random, candidateGroups, clickFactor) {
  const baseline = sumGroups(random, groups, candidateGroups * BASELINE_TIMES);
  const candidate = startPopulation(random, candidateGroups * GROUP_USERS, clickFactor);
  const outcome = { evidence: verdicts(), literal: verdicts() };
  const severeDays = new Map();
  for (let night = 1; night <= NIGHTS; night++) {
    const tonight = candidate.nextNight();
    for (const mode of ["evidence", "literal"]) {
      const called = GUARDRAILS.map((guardrail) => {
        const key = `${mode} ${guardrail.metric}`;
        const criteria = {
          definition: { denominator: guardrail.denominator, unit: "percent" },
          lines: guardrail.lines,
          mode,
          guardrails: GUARDRAIL_COUNT,
          minSample: MIN_SAMPLE,
          severeLooks: NIGHTS * GUARDRAILS.filter(({ lines }) => lines.severe !== null).length,
          comparison: "concurrent",
        };
        const look = (scope) =>
          evidenceOf(measurement(baseline[night - 1][scope], tonight[scope], guardrail.metric));
        const day = classifyDay(look("day"), criteria);
        const before = severeDays.get(key) ?? { reads: false, fires: false, waits: false };
        const severe = {
          reads: before.reads || day.reading === "rollback",
          fires: before.fires || day.fires === "severe",
          waits: before.waits || day.doubt === "person",
        };
        severeDays.set(key, severe);
        return classifyObservation(look("window"), criteria, severe);
      });
      remember(outcome[mode], called, night);
    }
    if (outcome.evidence.ctr !== null && outcome.literal.ctr !== null) break;
  }
  return outcome;
}

function measurement(baseline, candidate, metric) {
  return { baseline: momentsOf(baseline, metric), candidate: momentsOf(candidate, metric) };
}

function verdicts() {
  return { ctr: null, any: null, healthy: null };
}

function remember(first, called, night) {
  const rolledBack = called.map(({ fires }) => fires === "rollback" || fires === "severe");
  if (rolledBack[0]) first.ctr ??= night;
  if (rolledBack.some(Boolean)) first.any ??= night;
  // Three nights at least (min_days), CTR alone, and only while nothing was rolled back: what promote waits for.
  if (night >= 3 && first.ctr === null && called[0].classification === "healthy") first.healthy ??= night;
}

function share(nights) {
  const hits = nights.filter((night) => night !== null).toSorted((a, b) => a - b);
  const part = hits.length / nights.length;
  const error = Math.sqrt((part * (1 - part)) / nights.length);
  const median = hits[Math.floor(hits.length / 2)];
  const when = median === undefined ? "" : ` (${median})`;
  return `${(100 * part).toFixed(1)}% ± ${(100 * error).toFixed(1)}${when}`;
}

function row(cells) {
  return cells.map((cell, i) => (i < 3 ? cell.padStart(13) : cell.padStart(21))).join("");
}

function seconds() {
  return ((performance.now() - started) / 1000).toFixed(0);
}
