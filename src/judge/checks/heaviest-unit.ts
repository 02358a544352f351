/**
 * Does one unit bring much of a variant? A crawler, a test device or a shared login with a twentieth of the denominator is one opinion
 * with the weight of thousands. In: each day's heaviest units, so that a share is what the unit has at least: on other days another one
 * was heavier, or none was heavy.
 */
import { finding } from "../../model/check-result.ts";
import type { MetricMeasurement } from "../../model/measurement.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import type { Variant } from "../../model/words.ts";
import { lineText } from "../../text/numbers.ts";
import { listText } from "../../text/words.ts";
import { affectsVerdict } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { firstThree } from "./severe-days.ts";

const HEAVY_SHARE = 0.05;
/** Of a smaller variant every unit is much. */
const FEWEST_UNITS = 200;

export function heaviestUnitCheck(input: JudgeInput, metrics: readonly MetricResult[]): CheckResult {
  const describe = finding("heaviest_unit", "No unit brings much of a variant");
  const options = { effect: "warn", expected: HEAVY_SHARE } as const;
  const known = metrics
    .filter((metric) => metric.role === "guardrail" && affectsVerdict(metric))
    .flatMap((metric) => largeVariants(metric, input));
  if (known.length === 0)
    return describe(
      "not_checked",
      `no variant with ${FEWEST_UNITS} units has its heaviest measured`,
      options,
    );
  const heavy = known
    .flatMap(heavyUnits)
    .filter(({ share }) => share >= HEAVY_SHARE - 1e-9)
    .toSorted((a, b) => b.share - a.share);
  const [heaviest] = heavy;
  if (heaviest === undefined)
    return describe("pass", `none has ${lineText(HEAVY_SHARE)} of a variant's events`, options);
  // Guardrails with the same denominator say the same.
  const texts = [...new Set(heavy.map(({ text }) => text))];
  const detail = `${listText(firstThree(texts, (text) => text))}: a crawler, a test device, a shared login?`;
  return describe("warn", detail, { ...options, observed: heaviest.share });
}

interface LargeVariant {
  readonly variant: Variant;
  readonly metric: MetricResult;
  readonly denominator: number;
  readonly days: MetricMeasurement["days"];
}

function largeVariants(metric: MetricResult, input: JudgeInput): readonly LargeVariant[] {
  const measured = input.metrics.find(({ definition }) => definition.name === metric.name);
  const observed = new Set(metric.days.filter((day) => day.observed).map(({ date }) => date));
  const days = measured?.days.filter(({ date, heaviest }) => observed.has(date) && heaviest !== null) ?? [];
  if (days.length === 0) return [];
  return (["candidate", "baseline"] as const).flatMap((variant) => {
    const { units, denominator } = metric.observation[variant];
    return units >= FEWEST_UNITS && denominator !== null && denominator > 0
      ? [{ variant, metric, denominator, days }]
      : [];
  });
}

function heavyUnits({ variant, metric, denominator, days }: LargeVariant) {
  const totals = new Map<string, number>();
  for (const { heaviest } of days) {
    const unit = heaviest?.[variant] ?? null;
    if (unit !== null) totals.set(unit.unit, (totals.get(unit.unit) ?? 0) + unit.denominator);
  }
  return [...totals].map(([unit, total]) => {
    const share = total / denominator;
    const least = lineText(Math.floor(share * 1000 + 1e-9) / 1000);
    return { share, text: `unit ${unit} has at least ${least} of the ${variant}'s ${metric.denominator}` };
  });
}
