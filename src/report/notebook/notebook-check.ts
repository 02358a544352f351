/**
 * The notebook's last cell: the night's own changes once more, from the rows that the metrics' SQL returns now, and an assertion that
 * they are the same. Ratios only: a concentration is a mean over groups of units, which `gatebook replay` checks.
 */
import type { MetricResult, Result } from "../../model/result.ts";
import { changeText } from "../../text/numbers.ts";
import { pythonText } from "./notebook-cells.ts";
import { tableOutput } from "./notebook-outputs.ts";
import type { Section } from "./notebook-sections.ts";

/** Null: nothing can be recomputed from the warehouse alone. */
export function checkOfChanges(result: Result): Section | null {
  const checked = result.metrics.flatMap((metric) => {
    const { delta } = metric.observation;
    return isRatio(metric) && delta !== null && result.provenance.queries[metric.path] !== undefined
      ? [{ name: metric.name, delta }]
      : [];
  });
  if (checked.length === 0 || result.rollout.comparison !== "concurrent" || result.window.opensOn !== null)
    return null;
  return {
    id: "same-changes",
    text: "## The same changes?\n\nEach change of the night, recomputed from the rows above; it fails when the warehouse no longer has that night's data. Concentrations are checked by `gatebook replay`.",
    code: code(result, checked),
    outputs: (number) => [
      tableOutput(
        {
          columns: ["metric", "that night", "now"].map((name, index) => ({ name, isNumeric: index > 0 })),
          rows: checked.map(({ name, delta }) =>
            [name, changeText(delta), changeText(delta)].map((text) => ({ text, isNull: false })),
          ),
          cut: null,
        },
        number,
      ),
    ],
  };
}

function isRatio({ shape, error, unavailable }: MetricResult): boolean {
  return shape === "ratio" && error === null && unavailable === null;
}

function code({ rollout, window }: Result, checked: readonly { name: string; delta: number }[]): string {
  const { baseline, candidate } = rollout;
  const expected = checked.map(({ name, delta }) => `    ${pythonText(name)}: ${delta},`).join("\n");
  return `expected = {
${expected}
}
baseline, candidate = ${pythonText(baseline)}, ${pythonText(candidate)}
first, last = "${window.from}", "${window.to}"

def change_of(rows):
    """Units that saw both algorithms are left out, as the night left them out."""
    sums = dict(con.execute("""
        WITH crossed AS (
            SELECT CAST(unit_id AS VARCHAR) AS unit_id FROM user_days
            WHERE event_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND algo_version IN ($baseline, $candidate)
            GROUP BY ALL HAVING count(DISTINCT algo_version) = 2)
        SELECT CAST(algo_version AS VARCHAR), sum(numerator) / sum(denominator)
        FROM (""" + rows + """) AS units
        WHERE event_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND algo_version IN ($baseline, $candidate)
            AND CAST(unit_id AS VARCHAR) NOT IN (SELECT unit_id FROM crossed) AND CAST(unit_id AS VARCHAR) NOT LIKE 'row:%'
        GROUP BY ALL""", {"first": first, "last": last, "baseline": baseline, "candidate": candidate}).fetchall())
    return sums[candidate] / sums[baseline] - 1

now = {name: change_of(measured[name]) for name in expected}
for name, change in expected.items():
    assert abs(now[name] - change) < 1e-6, f"{name} changed by {now[name]:+.4%} now and by {change:+.4%} that night: the data are others"
pd.DataFrame([(name, f"{change:+.1%}", f"{now[name]:+.1%}") for name, change in expected.items()], columns=["metric", "that night", "now"])`;
}
