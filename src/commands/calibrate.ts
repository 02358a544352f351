import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDay, parseDuration, parseShare, parseWhole } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { calibrationText } from "./texts/calibration-text.ts";

export const calibrateCommand = defineCommand({
  usage: "calibrate",
  describe: "How often this config would roll back a harmless candidate: the baseline split against itself",
  options: {
    ...workspaceOptions,
    splits: { type: "string", default: "1000", describe: "Splits of the baseline's units" },
    "concentration-splits": {
      type: "string",
      default: "50",
      describe:
        "Of them, those that concentrations take part in, whose groups are formed again for each split; 0: none",
    },
    from: { type: "string", describe: "First night (default: 14 nights up to the last)" },
    to: { type: "string", describe: "Last night (default: the last day the baseline was served)" },
    share: {
      type: "string",
      describe: "Share of units that play the candidate (default: the gate's exposure)",
    },
    seed: { type: "string", default: "gatebook", describe: "Another text splits the units in other ways" },
    json: { type: "boolean", default: false, describe: "JSON instead of tables" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  },
  examples: [
    ["gatebook calibrate", "a table for the runbook: false alarms of the literal lines and of the evidence"],
    ["gatebook calibrate --splits 200 --concentration-splits 0", "a first look in a tenth of the time"],
    ["gatebook calibrate --share 50%", "what the next gate would be like"],
  ],
  run: async (options, context) => {
    const [
      { loadConfig },
      { readWorkspaceCatalog },
      { openWarehouse },
      { presentColumns },
      { calibrate },
      { calibrationNights },
    ] = await Promise.all([
      import("../config/load-config.ts"),
      import("../runs/check/catalog.ts"),
      import("../warehouse/store.ts"),
      import("../load/records/present-columns.ts"),
      import("../runs/calibrate/calibrate.ts"),
      import("../queries/measures/served-days.ts"),
    ]);
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const share = options.share === undefined ? exposureOf(config) : parseShare(options.share, "share");
    const splits = parseWhole(options.splits, "splits", 2);
    const concentrationSplits = parseWhole(options.concentrationSplits, "concentration-splits", 0);
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const from = options.from === undefined ? null : parseDay(options.from, "from");
    const to = options.to === undefined ? null : parseDay(options.to, "to");
    const catalog = readWorkspaceCatalog(config);
    const engine = await openWarehouse(config.root);
    try {
      const nights = await calibrationNights(engine, { baseline: config.rollout.baseline, from, to });
      const request = { config, catalog, ...nights, share, splits, concentrationSplits, timeoutMs };
      const report = await calibrate(
        engine,
        { ...request, seed: options.seed, presentColumns: await presentColumns(engine) },
        context.progress,
      );
      context.terminal.print(options.json ? JSON.stringify(report, null, 2) : calibrationText(report));
      return report.metrics.some(({ error }) => error !== null) ? 3 : 0;
    } finally {
      engine.close();
    }
  },
});

function exposureOf({ activeGate }: Config): number {
  if (activeGate.exposure < 1) return activeGate.exposure;
  throw new GatebookError("usage", `${activeGate.name} serves everyone: there is no one left to split`, {
    hint: "name a share: --share 10%",
  });
}
