/**
 * Which value's units split otherwise than the gate says: an app version that never asks for the candidate, a bot that always gets it.
 * It never holds by itself: over many values some are off by chance.
 */
import { finding } from "../../model/check-result.ts";
import type { UnitsByValue } from "../../model/measurement.ts";
import type { CheckResult, SampleRatio } from "../../model/result.ts";
import { cutName } from "../../text/dimensions.ts";
import { countText, lineText, shareText } from "../../text/numbers.ts";
import { listText, plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { deviates, mismatches, promisedShare, ratioOf } from "./sample-ratio.ts";

/** Of all values looked at together, so that a sound night warns as rarely as for the whole. */
const ALARM = 0.001;

interface ValueRatio {
  readonly dimension: string;
  readonly name: string;
  readonly ratio: SampleRatio;
}

export interface RatiosByValue {
  readonly dimensions: number;
  /** Values with units. */
  readonly lookedAt: number;
  /** The least likely first. */
  readonly off: readonly ValueRatio[];
}

export function ratiosByValue({ unitsByValue }: JudgeInput["traffic"], share: number): RatiosByValue {
  const all = unitsByValue.flatMap((dimension) => valueRatios(dimension, share));
  const off = all.filter(({ ratio: { p, observedShare } }) => {
    if (p === null || observedShare === null) return false;
    return p < ALARM / all.length && deviates(observedShare, share);
  });
  return {
    dimensions: unitsByValue.filter(({ error }) => error === null).length,
    lookedAt: all.length,
    off: off.toSorted((left, right) => (right.ratio.chiSquare ?? 0) - (left.ratio.chiSquare ?? 0)),
  };
}

function valueRatios({ title, values }: UnitsByValue, share: number): readonly ValueRatio[] {
  return values.flatMap((value) => {
    const ratio = ratioOf(value, share);
    return ratio.p === null ? [] : [{ dimension: title, name: cutName(value), ratio }];
  });
}

/** None where no dimension is configured. */
export function sampleRatioByValueChecks(
  input: JudgeInput,
  whole: SampleRatio | null,
): readonly CheckResult[] {
  const { unitsByValue } = input.traffic;
  if (unitsByValue.length === 0) return [];
  const describe = finding("sample_ratio_by_value", "Units of every value split as the gate says");
  const share = promisedShare(input);
  const effect = "warn";
  if (share === null || whole === null)
    return [describe("not_checked", "everyone gets the candidate", { effect })];
  if (mismatches(whole.p, whole.observedShare, share))
    return [describe("not_checked", "all units together split otherwise: see sample_ratio", { effect })];
  const { dimensions, lookedAt, off } = ratiosByValue(input.traffic, share);
  if (lookedAt === 0) return [describe("not_checked", "no value has new units", { effect })];
  const of = `${plural(lookedAt, "value")} of ${plural(dimensions, "dimension")}`;
  if (off.length === 0) return [describe("pass", `${of}, none off`, { effect })];
  const text = `${of}; new units split differently: ${offText(off)}`;
  return [describe("warn", text, { effect, observed: off.length, expected: 0 })];
}

/**
 * Of a split that is wrong as a whole: "; by Platform it is android (18.2% of 12,345 new units), the others are split as the gate says". ""
 * without dimensions.
 */
export function brokenValuesText({ traffic }: JudgeInput, share: number): string {
  const sentences = traffic.unitsByValue.flatMap((dimension) => {
    const { off, lookedAt } = ratiosByValue({ ...traffic, unitsByValue: [dimension] }, share);
    if (lookedAt < 2) return [];
    const { title } = dimension;
    if (off.length === 0) return [`by ${title} no value stands out`];
    const rest = restOf(dimension, off, share);
    const others =
      rest === null
        ? "no value is split as the gate says"
        : mismatches(rest.p, rest.observedShare, share)
          ? `the others are off, too (${shareText(rest.observedShare ?? 0, [share])})`
          : "the others are split as the gate says";
    return [`by ${title} it is ${offText(off)}; ${others}`];
  });
  return sentences.map((sentence) => `; ${sentence}`).join("");
}

/** Null: none is left. */
function restOf({ values }: UnitsByValue, off: readonly ValueRatio[], share: number): SampleRatio | null {
  const named = new Set(off.map(({ name }) => name));
  const left = values.filter((value) => !named.has(cutName(value)));
  if (left.length === 0) return null;
  const sum = (of: "baselineUnits" | "candidateUnits") => left.reduce((total, value) => total + value[of], 0);
  return ratioOf({ baselineUnits: sum("baselineUnits"), candidateUnits: sum("candidateUnits") }, share);
}

/** In a sentence. */
const NAMED = 3;

function offText(off: readonly ValueRatio[]): string {
  const named = off.slice(0, NAMED).map(({ name, ratio }) => {
    const units = ratio.baselineUnits + ratio.candidateUnits;
    return `${name} (${shareText(ratio.observedShare ?? 0, [ratio.expectedShare])} of ${countText(units)} new units, not ${lineText(ratio.expectedShare)})`;
  });
  const more = off.length > NAMED ? [`${off.length - NAMED} more`] : [];
  return listText([...named, ...more]);
}
