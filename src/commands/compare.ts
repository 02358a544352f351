import { coverageText, leastShare } from "../model/coverage.ts";
import type { MetricResult } from "../model/result.ts";
import type { Compared } from "../runs/compare.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";
import { parseDuration, parseWindow } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { changeCells } from "./texts/query-text.ts";

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
      { compareAlgorithms, requireEvents },
      { presentColumns },
    ] = await Promise.all([
      import("../config/load-config.ts"),
      import("../runs/check/catalog.ts"),
      import("../warehouse/store.ts"),
      import("../runs/compare.ts"),
      import("../load/records/present-columns.ts"),
    ]);
    const window = parseWindow(options.from, options.to);
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const catalog = readWorkspaceCatalog(config);
    const engine = await openWarehouse(config.root);
    try {
      const { baseline, candidate } = options;
      await requireEvents(engine, window);
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
      print(options.json ? JSON.stringify(compared, null, 2) : comparedText(compared, columns));
      const failed = metricsOf(compared).some(({ error }) => error !== null);
      return failed ? 3 : 0;
    } finally {
      engine.close();
    }
  },
});

function metricsOf({ metrics, across }: Compared): readonly MetricResult[] {
  return metrics ?? across?.gates.flatMap((gate) => gate.metrics) ?? [];
}

/** One gate is one table. Several: a table each, then what they have in common. */
function comparedText({ metrics, across }: Compared, columns: number): string {
  if (across === null) return comparisonTable(metrics ?? [], columns);
  const each = across.gates.map(({ gate, from, to, metrics: found }) =>
    [`${gate ?? "before any gate"}, ${from} to ${to}`, comparisonTable(found, columns), ""].join("\n"),
  );
  const rows = across.metrics.map(({ name, delta, interval, heterogeneity }) => [
    name,
    ...changeCells({ delta, interval, unbounded: false }, null),
    heterogeneity === null ? null : heterogeneity.p.toFixed(4),
  ]);
  const head = ["metric", "delta", "95% interval", "p that gates agree"].map((name) => ({
    name,
    type: name === "metric" || name === "95% interval" ? "VARCHAR" : "DOUBLE",
  }));
  const because = across.metrics.map((metric) => `  ${metric.name}: ${metric.because}`);
  const together = "across gates, weighed by information and never pooled";
  return [...each, together, formatTable(head, rows, { columns }), "", ...because].join("\n");
}

function comparisonTable(metrics: readonly MetricResult[], columns: number): string {
  const rows = metrics.map(({ name, thresholds, observation }) => [
    name,
    observation.baseline.value,
    observation.candidate.value,
    ...changeCells(observation, thresholds),
    observation.classification,
    observation.coverage === null ? null : coverageText(leastShare(observation.coverage)),
  ]);
  const number = (name: string) => ({ name, type: "DOUBLE" });
  const text = (name: string) => ({ name, type: "VARCHAR" });
  const head = [
    text("metric"),
    number("baseline"),
    number("candidate"),
    number("delta"),
    text("95% interval"),
    text("classification"),
    text("judged on"),
  ];
  const because = metrics.map(({ name, observation }) => `  ${name}: ${observation.because}`);
  return [formatTable(head, rows, { columns }), "", ...because].join("\n");
}
