import type { Config } from "../model/config.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { dayOption, shared } from "./terminal/options.ts";
import { parseShare, wholeFrom } from "./terminal/values.ts";
import { withMeasures } from "./terminal/workspace.ts";
import { calibrationText } from "./texts/calibration-text.ts";

export const calibrateCommand = defineCommand({
  usage: "calibrate",
  describe: "Measure how often this config would roll back a harmless candidate: an A/A test of the baseline",
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
    seed: { type: "string", default: "gatebook", describe: "Another text gives other splits" },
    ...shared("json", "query-timeout"),
  },
  examples: [
    ["gatebook calibrate", "a table for the runbook: false alarms of both judge modes"],
    ["gatebook calibrate --splits 200 --concentration-splits 0", "a first look in a tenth of the time"],
    ["gatebook calibrate --share 50%", "what to expect at the next gate"],
  ],
  run: async (options, context) => {
    const [{ calibrate }, { calibrationNights }] = await Promise.all([
      import("../runs/calibrate/calibrate.ts"),
      import("../queries/measures/served-days.ts"),
    ]);
    const { splits, concentrationSplits, from = null, to = null, seed, queryTimeout: timeoutMs } = options;
    return await withMeasures(options, context, async ({ engine, config, catalog, presentColumns }) => {
      const share = options.share ?? exposureOf(config);
      const nights = await calibrationNights(engine, { baseline: config.rollout.baseline, from, to });
      const measured = { config, catalog, presentColumns: await presentColumns(), timeoutMs };
      const request = { ...measured, ...nights, share, splits, concentrationSplits, seed };
      const report = await calibrate(engine, request, context.progress);
      answer(context, options.json, report, () => calibrationText(report));
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
