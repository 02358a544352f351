import { coverageText, coveredShare } from "../model/coverage.ts";
import type { VariantCoverage } from "../model/measurement.ts";
import type { AlgorithmValue, Evaluation } from "../queries/measures/evaluate.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";
import { parseDuration, parseWindow } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const evaluateCommand = defineCommand({
  usage: "evaluate",
  describe: "Every metric per algorithm over a window, from the published warehouse",
  options: {
    ...workspaceOptions,
    from: { type: "string", demandOption: true, describe: "First day" },
    to: { type: "string", demandOption: true, describe: "Last day" },
    json: { type: "boolean", default: false, describe: "JSON instead of a table" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  },
  examples: [["gatebook evaluate --from 2026-02-01 --to 2026-02-07 --json", "for another program"]],
  run: async (options, context) => {
    const [
      { loadConfig },
      { readWorkspaceCatalog },
      { openWarehouse },
      { evaluateMetrics },
      { gateWindows },
      { comparedCoverage, requireEvents },
      { presentColumns },
    ] = await Promise.all([
      import("../config/load-config.ts"),
      import("../runs/check/catalog.ts"),
      import("../warehouse/store.ts"),
      import("../queries/measures/evaluate.ts"),
      import("../judge/window/gate-windows.ts"),
      import("../runs/compare.ts"),
      import("../load/records/present-columns.ts"),
    ]);
    const window = parseWindow(options.from, options.to);
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const catalog = readWorkspaceCatalog(config);
    const engine = await openWarehouse(config.root);
    try {
      await requireEvents(engine, window);
      const evaluated = await evaluateMetrics(engine, catalog, { ...window, timeoutMs });
      const present = await presentColumns(engine);
      const request = { config, catalog, ...window, timeoutMs, presentColumns: present };
      const coverageOf = await comparedCoverage(engine, request);
      const metrics = evaluated.map((one) => ({
        ...one,
        algorithms: one.algorithms.map((algorithm) => ({
          ...algorithm,
          coverage: coverageOf(one.metric, algorithm.algoVersion),
        })),
      }));
      const gates = gateWindows(config, window).map(({ gate, ...days }) => ({
        gate: gate?.name ?? null,
        ...days,
      }));
      const { print, columns } = context.terminal;
      print(
        options.json
          ? JSON.stringify({ window, gates, metrics }, null, 2)
          : [evaluationTable(metrics, columns), ...notes(metrics, gates.length)].join("\n\n"),
      );
      return metrics.some(({ error }) => error !== null) ? 3 : 0;
    } finally {
      engine.close();
    }
  },
});

interface Covered extends Evaluation {
  readonly algorithms: readonly (AlgorithmValue & { readonly coverage: VariantCoverage | null })[];
}

/** Each value stands for itself; side by side over a ramp they would read as a change that no gate shows. */
const SEVERAL_GATES =
  "These days span several gates, so do not compare algorithms here: gatebook compare does it gate by gate.";

function notes(metrics: readonly Evaluation[], gates: number): readonly string[] {
  const shares = metrics.filter(({ shape }) => shape === "concentration").map(({ metric }) => metric);
  return [
    ...(shares.length > 0 ? [`${shares.join(", ")}: ${PLAIN_SHARES}`] : []),
    ...(gates > 1 ? [SEVERAL_GATES] : []),
  ];
}

/** 26.56% here, 26.57% there: the reader of both wants to know why. */
const PLAIN_SHARES =
  "plain shares of the heaviest keys, which read higher for less traffic; gatebook compare weighs them over groups of equal size.";

function evaluationTable(metrics: readonly Covered[], columns: number): string {
  const text = (name: string) => ({ name, type: "VARCHAR" });
  const number = (name: string) => ({ name, type: "DOUBLE" });
  const rows = metrics.flatMap(({ metric, algorithms, error }) =>
    error !== null
      ? [[metric, `error: ${error.message}`, null, null, null, null, null]]
      : algorithms.map((one) => [
          metric,
          one.algoVersion,
          one.value,
          one.numerator,
          one.denominator,
          one.units,
          shareOf(one.coverage),
        ]),
  );
  const head = [
    text("metric"),
    text("algo_version"),
    number("value"),
    number("numerator"),
    number("denominator"),
    number("units"),
    text("compared on"),
  ];
  return formatTable(head, rows, { columns });
}

/** "94.6%": the share of its events that a comparison stands on. */
function shareOf(coverage: VariantCoverage | null): string | null {
  const share = coverage === null ? null : coveredShare(coverage);
  return share === null ? null : coverageText(share);
}
