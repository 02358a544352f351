import type { MetricResult } from "../model/result.ts";
import { defineCommand, workspaceOptions } from "./command.ts";
import { formatTable } from "./table.ts";
import { parseDuration, parseWindow } from "./values.ts";
import { workspacePaths } from "./workspace.ts";

export const compareCommand = defineCommand({
  usage: "compare <baseline> <candidate>",
  describe: "Any two algorithm versions over a window; touches no ledger",
  positionals: {
    baseline: { type: "string", demandOption: true, describe: "Algorithm version to compare with" },
    candidate: { type: "string", demandOption: true, describe: "Algorithm version to compare" },
  },
  options: {
    ...workspaceOptions,
    from: { type: "string", demandOption: true, describe: "First day" },
    to: { type: "string", demandOption: true, describe: "Last day" },
    json: { type: "boolean", default: false, describe: "JSON instead of a table" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  },
  examples: [
    ["gatebook compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-07", "the week"],
  ],
  run: async (options, context) => {
    const [
      { loadConfig },
      { readWorkspaceCatalog },
      { openWarehouse },
      { compareAlgorithms },
      { presentColumns },
    ] = await Promise.all([
      import("../config/load-config.ts"),
      import("../stages/catalog.ts"),
      import("../warehouse/store.ts"),
      import("../stages/compare.ts"),
      import("../load/load.ts"),
    ]);
    const window = parseWindow(options.from, options.to);
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const catalog = readWorkspaceCatalog(config);
    const engine = await openWarehouse(config.root);
    try {
      const { baseline, candidate } = options;
      const present = await presentColumns(engine);
      const compared = await compareAlgorithms(engine, {
        config,
        catalog,
        baseline,
        candidate,
        ...window,
        timeoutMs,
        presentColumns: present,
      });
      const { print, columns } = context.terminal;
      print(options.json ? JSON.stringify(compared, null, 2) : comparisonTable(compared.metrics, columns));
      return compared.metrics.some(({ error }) => error !== null) ? 3 : 0;
    } finally {
      engine.close();
    }
  },
});

function comparisonTable(metrics: readonly MetricResult[], columns: number): string {
  const rows = metrics.map(
    ({ name, observation: { baseline, candidate, delta, interval, classification } }) => [
      name,
      baseline.value,
      candidate.value,
      percent(delta),
      interval === null ? null : `${percent(interval[0])} … ${percent(interval[1])}`,
      classification,
    ],
  );
  const number = (name: string) => ({ name, type: "DOUBLE" });
  const text = (name: string) => ({ name, type: "VARCHAR" });
  const head = [
    text("metric"),
    number("baseline"),
    number("candidate"),
    number("delta"),
    text("95% interval"),
    text("classification"),
  ];
  const because = metrics.map(({ name, observation }) => `  ${name}: ${observation.because}`);
  return [formatTable(head, rows, { columns }), "", ...because].join("\n");
}

/** -0.0312 → "−3.1%", null → null */
function percent(fraction: number | null): string | null {
  if (fraction === null) return null;
  const sign = fraction < 0 ? "−" : "+";
  return `${sign}${Math.abs(fraction * 100).toFixed(1)}%`;
}
