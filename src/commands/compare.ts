import { coverageText, leastShare } from "../model/coverage.ts";
import type { MetricResult } from "../model/result.ts";
import type { Compared } from "../runs/compare.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { formatTable, left, right } from "./terminal/table.ts";
import { windowOf } from "./terminal/values.ts";
import { withMeasures } from "./terminal/workspace.ts";
import { changeCells } from "./texts/query-text.ts";

export const compareCommand = defineCommand({
  usage: "compare <baseline> <candidate>",
  describe: "Compare any two algorithm versions over a window, without the ledger",
  positionals: {
    baseline: { type: "string", demandOption: true, describe: "Algorithm version to compare with" },
    candidate: { type: "string", demandOption: true, describe: "Algorithm version to compare" },
  },
  options: shared("config", "from", "to", "json", "query-timeout"),
  examples: [
    ["gatebook compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-07", "the week"],
  ],
  run: async (options, context) => {
    const { compareAlgorithms, requireEvents } = await import("../runs/compare.ts");
    const { baseline, candidate, queryTimeout: timeoutMs, json } = options;
    const window = windowOf(options);
    return await withMeasures(options, context, async ({ engine, config, catalog, presentColumns }) => {
      await requireEvents(engine, window);
      const request = { config, catalog, presentColumns: await presentColumns(), timeoutMs };
      const compared = await compareAlgorithms(engine, { ...request, baseline, candidate, ...window });
      answer(context, json, compared, (columns) => comparedText(compared, columns));
      const metrics = compared.metrics ?? compared.across?.gates.flatMap((gate) => gate.metrics) ?? [];
      return metrics.some(({ error }) => error !== null) ? 3 : 0;
    });
  },
});

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
  const head = [
    ...left("metric"),
    ...right("delta"),
    ...left("95% interval"),
    ...right("p that gates agree"),
  ];
  const because = across.metrics.map((metric) => `  ${metric.name}: ${metric.because}`);
  const together = "across gates, weighed by information and never pooled";
  return [...each, together, formatTable(head, rows, { columns }), "", ...because].join("\n");
}

function comparisonTable(metrics: readonly MetricResult[], columns: number): string {
  const isAdjusted = metrics.some(({ observation }) => observation.adjusted !== null);
  const rows = metrics.map(({ name, thresholds, observation }) => [
    name,
    observation.baseline.value,
    observation.candidate.value,
    ...changeCells(observation, thresholds),
    ...(isAdjusted ? adjustedCells(observation, thresholds) : []),
    observation.classification,
    observation.coverage === null ? null : coverageText(leastShare(observation.coverage)),
  ]);
  const numbers = right("baseline", "candidate", "delta");
  const adjusted = isAdjusted ? [...right("adjusted"), ...left("its 95% interval")] : [];
  const head = [
    ...left("metric"),
    ...numbers,
    ...left("95% interval"),
    ...adjusted,
    ...left("classification", "judged on"),
  ];
  const because = metrics.map(({ name, observation }) => `  ${name}: ${observation.because}`);
  return [formatTable(head, rows, { columns }), "", ...because].join("\n");
}

/** The change with what the same units did before the rollout taken into account. */
function adjustedCells(
  { adjusted }: MetricResult["observation"],
  thresholds: MetricResult["thresholds"],
): readonly (string | null)[] {
  return adjusted === null ? [null, null] : changeCells({ ...adjusted, unbounded: false }, thresholds);
}
