/**
 * How often the judgement errs, on users that are made up and therefore known.
 *
 *   npm run build && node test/bench/simulation.mjs [--quick] [--seed TEXT] [--models ideal,honest] [--volumes 1k,2k,10k,50k,200k]
 *     [--changes 0,-3,-5,-8,-10,-20] [--runs 1000] [--judge evidence]
 *
 * For each volume (candidate impressions a day, at 10% exposure) and each true change of CTR in percent it plays many rollouts of 14
 * nights, without and with the fourteen days before the rollout (CUPED). Each night is judged by the compiled product: evidence,
 * boundaries and classification (dist/judge/decision/alarms.js), and the rules in their order (rollout-end.js), so that the first
 * rollback or promote ends a rollout. Thresholds of rollout.yaml, five guardrails, of which the three ratio metrics are simulated.
 * Same seed, same table.
 */
import { parseArgs } from "node:util";
import { lookAtNights } from "../../dist/judge/decision/alarms.js";
import { rolloutEnd } from "../../dist/judge/decision/rollout-end.js";
import { evidenceOf } from "../../dist/judge/metric/evidence.js";
import { createRandom } from "../../dist/statistics/random.js";
import { drawGroups, modelNames, momentsOf, NIGHTS, preMomentsOf, sumGroups } from "./simulation-model.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seed: { type: "string", default: "gatebook" },
    models: { type: "string", default: modelNames.join(",") },
    volumes: { type: "string", default: "1k,2k,10k,50k,200k" },
    changes: { type: "string", default: "0,-3,-5,-8,-10,-20" },
    runs: { type: "string", default: "1000" },
    judge: { type: "string", default: "evidence" },
  },
});

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
const GATE = { minDays: 3, consecutiveHealthyDays: 1 };
/** Baseline users per candidate user at 10% exposure. */
const BASELINE_TIMES = 9;
const GROUPS = values.quick ? { baseline: 1000, candidate: 500 } : { baseline: 8000, candidate: 4000 };

const started = performance.now();
const runs = Math.max(20, Math.round(Number(values.runs) * (values.quick ? 0.1 : 1)));
const volumes = values.volumes.split(",").map((text) => Number(text.replace("k", "000")));
console.log(
  `seed ${values.seed}, judge: ${values.judge}, ${runs} rollouts a line; share of rollouts ± one standard error, median night in brackets\n`,
);
const head = [
  "users",
  "a day",
  "true CTR",
  "rolled back",
  "promoted",
  "held",
  "CUPED: rolled back",
  "promoted",
  "held",
];
console.log(row(head));
console.log(row(head.map(() => "---")));
for (const model of values.models.split(",")) {
  const drawn = (side, clickFactor = 1) =>
    drawGroups(createRandom(`${values.seed} ${model} ${side} ${clickFactor}`), {
      model,
      clickFactor,
      count: side === "baseline" ? GROUPS.baseline : GROUPS.candidate,
    });
  const baseline = drawn("baseline");
  for (const percent of values.changes.split(",").map(Number)) {
    const candidate = drawn("candidate", 1 + percent / 100);
    for (const daily of volumes) report({ model, daily, percent, baseline, candidate });
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);

function report({ model, daily, percent, baseline, candidate }) {
  const random = createRandom(`${values.seed} ${model} ${daily} ${percent}`);
  const ends = Array.from({ length: runs }, () =>
    play(random, { groups: daily / 1000, baseline, candidate }),
  );
  const change = percent === 0 ? "no change" : `${String(percent).replace("-", "−")}%`;
  const cells = ["plain", "adjusted"].flatMap((kind) =>
    ["rollback", "promote", "hold"].map((action) =>
      share(
        ends.map((end) => end[kind]),
        action,
      ),
    ),
  );
  console.log(row([model, daily.toLocaleString("en"), change, ...cells]));
}

/** One rollout, judged without and with the days before it. */
function play(random, { groups, baseline, candidate }) {
  const sides = {
    baseline: sumGroups(random, baseline, groups * BASELINE_TIMES),
    candidate: sumGroups(random, candidate, groups),
  };
  return { plain: endOf(sides, false), adjusted: endOf(sides, true) };
}

function endOf({ baseline, candidate }, isAdjusted) {
  const looks = GUARDRAILS.map(({ metric, denominator, lines }) => {
    const criteria = {
      definition: { denominator, unit: "percent" },
      lines,
      mode: values.judge,
      guardrails: GUARDRAIL_COUNT,
      minSample: MIN_SAMPLE,
      severeLooks: NIGHTS * GUARDRAILS.filter((one) => one.lines.severe !== null).length,
      comparison: "concurrent",
    };
    const pair = (night, scope, read) => ({
      baseline: read(baseline[night][scope], metric),
      candidate: read(candidate[night][scope], metric),
    });
    const days = baseline.map((_, night) => evidenceOf(pair(night, "day", momentsOf)));
    const nights = baseline.map((_, night) => ({
      window: evidenceOf(
        pair(night, "window", momentsOf),
        isAdjusted ? pair(night, "window", preMomentsOf) : null,
      ),
      days: days.slice(0, night + 1),
    }));
    return lookAtNights(nights, criteria, { plannedNights: NIGHTS, minDays: GATE.minDays, trend: 2 });
  });
  return rolloutEnd(looks, GATE);
}

function share(ends, action) {
  const hits = ends.filter((end) => end.action === action);
  const part = hits.length / ends.length;
  const error = Math.sqrt((part * (1 - part)) / ends.length);
  const nights = hits.map(({ night }) => night).toSorted((a, b) => a - b);
  const median = nights[Math.floor((nights.length - 1) / 2)] ?? null;
  return `${(100 * part).toFixed(1)} ± ${(100 * error).toFixed(1)}${median === null ? "" : ` (${median})`}`;
}

function row(cells) {
  return `| ${cells.map((cell, i) => (i < 3 ? cell.padStart(9) : cell.padStart(18))).join(" | ")} |`;
}
