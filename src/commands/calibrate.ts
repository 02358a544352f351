import type { Config } from "../model/config.ts";
import { PERCENT, readShare } from "../model/share.ts";
import type { Plant } from "../runs/calibrate/planted.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { dayOption, shared } from "./terminal/options.ts";
import { parseShare, wholeFrom } from "./terminal/values.ts";
import { withMeasures } from "./terminal/workspace.ts";
import { calibrationText } from "./texts/calibration-text.ts";

export const calibrateCommand = defineCommand({
  options: {
    ...shared("config"),
    splits: {
      type: "string",
      default: "1000",
      describe: "How many times the baseline's units are split",
      parse: wholeFrom(2),
    },
    "concentration-splits": {
      type: "string",
      default: "50",
      describe: "How many of these also measure concentrations, which takes much longer; 0: none",
      parse: wholeFrom(0),
    },
    from: dayOption("First night (default: 14 nights up to the last)"),
    to: dayOption("Last night (default: the last day on which the baseline was served)"),
    share: {
      type: "string",
      describe: "Share of units that are taken as the candidate (default: the gate's exposure)",
      parse: parseShare,
    },
    plant: {
      type: "string",
      array: true,
      default: [] as string[],
      describe:
        "True changes to try besides none, e.g. ctr=-5%,-8%: how often each is rolled back or promoted",
    },
    "at-end": {
      type: "boolean",
      default: false,
      describe: "Also how often every guardrail is healthy on the last night",
    },
    seed: { type: "string", default: "gatebook", describe: "Another text gives other splits" },
    ...shared("json", "query-timeout"),
  },
  examples: [
    ["gatebook calibrate", "a table for the runbook: false alarms of both judge modes"],
    ["gatebook calibrate --splits 200 --concentration-splits 0", "a first look in a tenth of the time"],
    ["gatebook calibrate --share 50%", "what to expect at the next gate"],
    ["gatebook calibrate --plant ctr=-5%,-10%", "what becomes of a candidate that truly drops 5% or 10%"],
  ],
  run: async (options, context) => {
    const [{ calibrate }, { keepCalibration }, { calibrationNights }] = await Promise.all([
      import("../runs/calibrate/calibrate.ts"),
      import("../runs/calibrate/kept-calibration.ts"),
      import("../queries/measures/served-days.ts"),
    ]);
    const { splits, concentrationSplits, from = null, to = null, seed, queryTimeout: timeoutMs } = options;
    const plants = parsePlants(options.plant);
    return await withMeasures(options, context, async ({ engines, config, catalog, presentColumns }) => {
      const share = options.share ?? exposureOf(config);
      const nights = await calibrationNights(engines.data, { baseline: config.rollout.baseline, from, to });
      const measured = { config, catalog, presentColumns: await presentColumns(), timeoutMs };
      const request = { ...measured, ...nights, share, splits, concentrationSplits, seed, plants };
      const report = await calibrate(engines, request, context.progress);
      await keepCalibration(report, { config, catalog }, context);
      answer(context, options.json, report, () => calibrationText(report, options));
      return report.metrics.some(({ error }) => error !== null) ? 3 : 0;
    });
  },
});

function exposureOf({ activeGate }: Config): number {
  if (activeGate.exposure < 1) return activeGate.exposure;
  throw usageError(
    `${activeGate.name} serves everyone, so its exposure leaves no baseline to split`,
    "name a share: --share 10%",
  );
}

/** ["ctr=-5%,-8%"] and ["ctr=-5%,ctr=-8%"] are the same two. */
function parsePlants(texts: readonly string[]): readonly Plant[] {
  const plants = texts.flatMap((text) => {
    let metric: string | null = null;
    return text.split(",").map((part) => {
      const [before, after] = part.includes("=") ? part.split("=") : [metric, part];
      metric = before?.trim() || null;
      const change = readChange(after ?? "");
      if (metric !== null && change !== null) return { metric, change };
      throw usageError(
        `--plant takes a metric and its true changes, not "${text}"`,
        "write it as --plant ctr=-5%,-8%; no change is always among them",
      );
    });
  });
  const keyOf = ({ metric, change }: Plant) => `${metric} ${change}`;
  return [...new Map(plants.map((plant) => [keyOf(plant), plant])).values()];
}

/** "-5%", "−5 %", "+15%" or "0.15"; null: no change of more than −100%, or none. */
function readChange(text: string): number | null {
  const [, sign = "", size = ""] = /^([-+−]?)([^-+−].*)$/.exec(text.trim()) ?? [];
  const share = readShare(size);
  const change = sign === "-" || sign === "−" ? -share : share;
  // 5 for 5% would be everything, five times
  const isPlain = PERCENT.test(size) || share < 1;
  return isPlain && change > -1 && Math.abs(change) > 0 && Number.isFinite(change) ? change : null;
}
