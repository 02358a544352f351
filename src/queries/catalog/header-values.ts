/** What the value of each header key must be, by zod. Text in, typed values or a complaint out. */
import { z } from "zod";
import { mayBeAdded, optionalColumns } from "../../model/event-columns.ts";
import { suggestion } from "../../model/suggest.ts";

const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, {
    error: ({ input }) =>
      `"${String(input)}" is not one of ${words.join(", ")}${suggestion(String(input), words)}`,
  });

const text = z.string().min(1, "is empty");
const unit = oneOf(["percent", "ratio", "count", "seconds"]);

/** Which names rollout.yaml really adds is known later (configured-catalog.ts). */
const column = z
  .string()
  .refine((name) => optionalColumns.some((known) => known === name) || mayBeAdded(name), {
    error: ({ input }) =>
      `"${String(input)}" is not a column of events${suggestion(String(input), optionalColumns)}`,
  });

const fields = {
  title: text,
  description: text,
  owner: text,
  requires: z
    .string()
    .transform((list) => list.split(/[\s,]+/).filter((name) => name !== ""))
    .pipe(z.array(column).min(1, "names no column")),
  unit,
  better: oneOf(["higher", "lower", "neither"]),
  numerator: text,
  denominator: oneOf(["impressions", "clicks"]),
  top: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, {
      error: ({ input }) => `"${String(input)}" is not a whole number from 1 to 9999`,
    })
    .transform(Number),
  effect: oneOf(["block", "warn"]),
  columnUnits: z
    .string()
    .regex(/^\S+\s+\S+$/, "takes a column and its unit, e.g. `@unit share percent`")
    .transform((pair) => pair.split(/\s+/))
    .pipe(z.tuple([z.string(), unit])),
  chart: text,
};

export type HeaderField = keyof typeof fields;

/** Each given once, but columnUnits. */
const all = z.strictObject({ ...fields, columnUnits: z.array(fields.columnUnits) }).partial();

export const headerValues = {
  /** Why a value will not do, or null. */
  complaint: (field: HeaderField, value: string): string | null =>
    fields[field].safeParse(value).error?.issues[0]?.message ?? null,

  /** Values without a complaint; of a key given twice the first counts. */
  read: (values: ReadonlyMap<HeaderField, readonly string[]>): z.output<typeof all> =>
    all.parse(
      Object.fromEntries(
        [...values].map(([field, given]) => [field, field === "columnUnits" ? given : given[0]]),
      ),
    ),
};
