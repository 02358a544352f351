import { coverageText, coveredShare } from "../model/coverage.ts";
import type { VariantCoverage } from "../model/measurement.ts";
import type { AlgorithmValue, Evaluation } from "../queries/measures/evaluate.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { formatTable, left, right } from "./terminal/table.ts";
import { windowOrGate, withMeasures } from "./terminal/workspace.ts";
import { valueCell } from "./texts/query-text.ts";

export const evaluateCommand = defineCommand({
  options: shared("config", "from", "to", "json", "query-timeout"),
  examples: [["gatebook evaluate --from 2026-02-01 --to 2026-02-07 --json", "for another program"]],
  run: async (options, context) => {
    const [{ evaluateMetrics }, { gateWindows }, { comparedCoverage, requireEvents }] = await Promise.all([
      import("../queries/measures/evaluate.ts"),
      import("../judge/window/gate-windows.ts"),
      import("../runs/compare.ts"),
    ]);
    return await withMeasures(options, context, async ({ engines, config, catalog, presentColumns }) => {
      const window = await windowOrGate(engines.books, options);
      await requireEvents(engines.data, window);
      const request = { ...window, timeoutMs: options.queryTimeout };
      const evaluated = await evaluateMetrics(engines.data, catalog, request);
      const covered = { ...request, config, catalog, presentColumns: await presentColumns() };
      const coverageOf = await comparedCoverage(engines, covered);
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
      answer(context, options.json, { window, gates, metrics }, (columns) =>
        [evaluationTable(metrics, columns), ...notes(metrics, gates.length)].join("\n\n"),
      );
      return metrics.some(({ error }) => error !== null) ? 3 : 0;
    });
  },
});

interface Covered extends Evaluation {
  readonly algorithms: readonly (AlgorithmValue & { readonly coverage: VariantCoverage | null })[];
}

/** Side by side over a ramp, the values would read as a change that no gate shows. */
const SEVERAL_GATES =
  "These days span several gates, so do not compare algorithms here: gatebook compare does it gate by gate.";

/** 26.56% here, 26.57% there: the reader of both wants to know why. */
const PLAIN_SHARES =
  "plain shares of the heaviest keys, which are higher with less traffic; gatebook compare weighs them over groups of equal size.";

function notes(metrics: readonly Evaluation[], gates: number): readonly string[] {
  const shares = metrics.filter(({ shape }) => shape === "concentration").map(({ metric }) => metric);
  return [
    ...(shares.length > 0 ? [`${shares.join(", ")}: ${PLAIN_SHARES}`] : []),
    ...(gates > 1 ? [SEVERAL_GATES] : []),
  ];
}

function evaluationTable(metrics: readonly Covered[], columns: number): string {
  const rows = metrics.flatMap(({ metric, unit, algorithms, error }) =>
    error !== null
      ? [[metric, `error: ${error.message}`, null, null, null, null, null]]
      : algorithms.map(({ algoVersion, value, numerator, denominator, units, coverage }) => {
          const share = coverage === null ? null : coveredShare(coverage);
          const comparedOn = share === null ? null : coverageText(share);
          return [metric, algoVersion, valueCell(value, unit), numerator, denominator, units, comparedOn];
        }),
  );
  const numbers = right("value", "numerator", "denominator", "units");
  const head = [...left("metric", "algo_version"), ...numbers, ...left("compared on")];
  return formatTable(head, rows, { columns });
}
