/** The small values that every part of a result is made of, and the type of what a schema reads. */
import { z } from "zod";

/** What a schema reads: every key, those with a default too, all the way down read-only. */
export type ReadonlyOutput<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>;

export type DeepReadonly<Value> = unknown extends Value
  ? Value
  : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** Lists of a result are read-only, in the types as in memory. */
export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item).readonly();
}

export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: "expected a day such as 2026-02-01" });
/** A day; in the first 24 hours of a gate an hour of the clock. */
export const slot = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2})?$/, {
  error: "expected a day such as 2026-02-01 or an hour such as 2026-02-01T13",
});
/** What a table cell of a result may be: JSON without nesting. */
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "expected text, a number, true, false or null",
});
/** A number, or null where there is none. */
export const number = z.number().nullable();
export const count = z.number();
export const text = z.string().nullable();
