/** The closed lists of the domain, as types (`schema/words.ts` has their members). Every room uses these words and no others. */
import type { ReadonlyOutput, scalar } from "./schema/values.ts";
import type * as words from "./schema/words.ts";

export type Variant = ReadonlyOutput<typeof words.variant>;
export type Phase = ReadonlyOutput<typeof words.phase>;
export type JudgeMode = ReadonlyOutput<typeof words.judgeMode>;
export type Role = ReadonlyOutput<typeof words.role>;
export type Never = ReadonlyOutput<typeof words.never>;
export type ForecastCondition = ReadonlyOutput<typeof words.forecastCondition>;
export type Better = ReadonlyOutput<typeof words.better>;
export type Unit = ReadonlyOutput<typeof words.unit>;
export type Denominator = ReadonlyOutput<typeof words.denominator>;
export type Shape = ReadonlyOutput<typeof words.shape>;

export type Action = ReadonlyOutput<typeof words.action>;
export type Rule = ReadonlyOutput<typeof words.rule>;
export type Reading = ReadonlyOutput<typeof words.reading>;
export type Classification = ReadonlyOutput<typeof words.classification>;
export type CheckStatus = ReadonlyOutput<typeof words.checkStatus>;
export type CheckEffect = ReadonlyOutput<typeof words.checkEffect>;
export type Preset = ReadonlyOutput<typeof words.preset>;

/** A calendar day, `YYYY-MM-DD`, in the rollout's time zone. */
export type Day = string;

/** The window of one row or point: a day, or in the first 24 hours of a gate an hour of the clock, `2026-02-01T13`. */
export type Slot = string;

/** What a table cell of a result may be: JSON without nesting. */
export type Scalar = ReadonlyOutput<typeof scalar>;
