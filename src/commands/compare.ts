import { coverageText, leastShare } from "../model/coverage.ts";
import type { DimensionResult, MetricResult } from "../model/result.ts";
import { suggestion } from "../model/suggest.ts";
import type { Catalog } from "../queries/catalog/catalog.ts";
import { metricBadge } from "../report/view/metric.ts";
import type { Compared } from "../runs/compare.ts";
import { cutCells, cutsText, lookedAtText } from "../text/dimensions.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { shared } from "./terminal/options.ts";
import { formatTable, left, right } from "./terminal/table.ts";
import { windowOrGate, withMeasures } from "./terminal/workspace.ts";
import { changeCells, valueCells } from "./texts/query-text.ts";

export const compareCommand = defineCommand({
  positionals: {
    baseline: {
      type: "string",
      describe: "Algorithm version to compare with (default: the rollout's baseline)",
    },
    candidate: {
      type: "string",
      describe: "Algorithm version to compare (default: the rollout's candidate)",
    },
  },
  options: {
    ...shared("config", "from", "to", "json", "query-timeout"),
    by: {
      type: "string",
      describe: "Name of a dimension: where each guardrail's change comes from, value by value",
    },
  },
  examples: [
    ["gatebook compare", "the rollout's two algorithms over the gate so far"],
    ["gatebook compare v1 v2 --from 2026-02-01 --to 2026-02-07 --by platform", "and by platform"],
    ["gatebook compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-07", "the week"],
  ],
  run: async (options, context) => {
    const { compareAlgorithms, requireEvents } = await import("../runs/compare.ts");
    const { queryTimeout: timeoutMs, json, by } = options;
    return await withMeasures(options, context, async ({ engines, config, catalog, presentColumns }) => {
      const { baseline = config.rollout.baseline, candidate = config.rollout.candidate } = options;
      if (by !== undefined) requireDimension(by, catalog);
      const window = await windowOrGate(engines.books, options);
      await requireEvents(engines.data, window);
      const request = { config, catalog, presentColumns: await presentColumns(), timeoutMs };
      const compared = await compareAlgorithms(engines, { ...request, baseline, candidate, ...window, by });
      answer(context, json, compared, (columns) => comparedText(compared, columns));
      const metrics = compared.metrics ?? compared.across?.gates.flatMap((gate) => gate.metrics) ?? [];
      const measured = metrics.flatMap((metric) => [metric, ...metric.dimensions]);
      return measured.some(({ error }) => error !== null) ? 3 : 0;
    });
  },
});

function requireDimension(name: string, { dimensions }: Catalog): void {
  const names = dimensions.map((dimension) => dimension.name);
  if (names.includes(name)) return;
  const hint =
    names.length === 0
      ? "name columns under dimensions: in rollout.yaml, or write one: gatebook new dimension NAME"
      : `dimensions: ${names.join(", ")}`;
  throw usageError(`there is no dimension "${name}"${suggestion(name, names)}`, hint);
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
  const rows = metrics.map((metric) => {
    const { name, unit, thresholds, observation } = metric;
    return [
      name,
      ...valueCells(observation, unit),
      ...changeCells(observation, thresholds),
      ...(isAdjusted ? adjustedCells(observation, thresholds) : []),
      metricBadge(metric, observation).word,
      observation.coverage === null ? null : coverageText(leastShare(observation.coverage)),
    ];
  });
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
  const cuts = metrics.flatMap((metric) =>
    metric.dimensions.map((dimension) => cutsTable(dimension, metric, columns)),
  );
  return [formatTable(head, rows, { columns }), "", ...because, ...cuts].join("\n");
}

function cutsTable(dimension: DimensionResult, metric: MetricResult, columns: number): string {
  const title = `\n${metric.name} by ${dimension.name}: `;
  if (dimension.error !== null) return title + dimension.error.message;
  const head = [
    ...left(dimension.name),
    ...right("baseline", "candidate", "delta"),
    ...left("95% interval"),
    ...right("share of baseline", "of candidate", "contribution", "of it, by its share"),
  ];
  const rows = dimension.values.map((cut) => {
    const { name, standsOut, interval, ...cells } = cutCells(cut, metric);
    const { baseline, candidate, delta, baselineShare, candidateShare, contribution, mix } = cells;
    const numbers = [baseline, candidate, delta, interval, baselineShare, candidateShare, contribution, mix];
    return [standsOut ? `${name} (stands out)` : name, ...numbers];
  });
  const table = formatTable(head, rows, { columns });
  return [title + cutsText(dimension, metric), table, lookedAtText(dimension)].join("\n");
}

/** The change with what the same units did before the rollout taken into account. */
function adjustedCells(
  { adjusted }: MetricResult["observation"],
  thresholds: MetricResult["thresholds"],
): readonly (string | null)[] {
  return adjusted === null ? [null, null] : changeCells({ ...adjusted, unbounded: false }, thresholds);
}
