/**
 * Results made from the schema alone, for whatever must be tried on every key: each key is present, text is the key's own
 * name, and alternatives take turns. They are legal, not believable.
 */
import { z } from "zod";
import type { Result } from "../result.ts";
import { resultSchema } from "./result.ts";

/** Between these every place of a report is filled at least once, and every list has several items. */
export function exampleResults(): readonly Result[] {
  return [0, 1, 2, 7].map((turn) => resultSchema.parse(example(resultSchema, { key: "", turn })));
}

interface ExamplePlace {
  readonly key: string;
  /** Which of several alternatives; in a list the place of the item. */
  readonly turn: number;
}

const TEXTS: Readonly<Record<string, string>> = {
  asOf: "2026-02-08T00:00:00Z",
  generatedAt: "2026-02-08T00:00:00Z",
  modifiedAt: "2026-02-08T00:00:00Z",
  openedAt: "2026-02-01T09:30:00Z",
  reportAt: "https://reports.example.org/report.html",
  timeZone: "UTC",
};
/** As many as a check has statuses. */
const ITEMS = 5;
/** Lists of which a report folds what is beyond the first few. */
const LENGTHS: Readonly<Record<string, number>> = { days: 20, values: 12 };
/** More than items are shown, and more than are counted. */
const NUMBER = 8;
const COUNTED = 6;

/** With these there is no number: set in every third place, absent in the others. */
const FAULTS: readonly string[] = ["error", "unavailable", "opensOn", "openedAt"];

function example(schema: z.core.$ZodType, place: ExamplePlace): unknown {
  const { key, turn } = place;
  const isAbsent = FAULTS.includes(key) && turn % 3 > 0;
  if (schema instanceof z.ZodNullable) return isAbsent ? null : example(schema.unwrap(), place);
  if (schema instanceof z.ZodOptional) return isAbsent ? undefined : example(schema.unwrap(), place);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodReadonly)
    return example(schema.unwrap(), place);
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, inner]) => [name, example(inner, { key: name, turn })]),
    );
  if (schema instanceof z.ZodArray)
    return Array.from({ length: LENGTHS[key] ?? ITEMS }, (_, item) =>
      example(schema.element, { key, turn: item }),
    );
  if (schema instanceof z.ZodTuple) return schema.def.items.map((item) => example(item, place));
  if (schema instanceof z.ZodRecord) return { [key]: example(schema.valueType, place) };
  if (schema instanceof z.ZodUnion) return example(atTurn(schema.options, turn), place);
  return word(schema, place);
}

function word(schema: z.core.$ZodType, { key, turn }: ExamplePlace): unknown {
  if (schema instanceof z.ZodEnum) return atTurn(schema.options, turn);
  if (schema instanceof z.ZodLiteral) return atTurn([...schema.values], turn);
  if (schema instanceof z.ZodBoolean) return turn % 2 === 0;
  if (schema instanceof z.ZodNumber) return key === "counted" ? COUNTED : NUMBER;
  if (schema instanceof z.ZodNull) return null;
  // Of all texts only days have a form to keep.
  const isDay = schema instanceof z.ZodString && (schema.def.checks ?? []).length > 0;
  return isDay ? `2026-02-${String(turn + 1).padStart(2, "0")}` : (TEXTS[key] ?? key);
}

function atTurn<Option>(options: readonly Option[], turn: number): Option {
  const option = options[turn % options.length];
  if (option === undefined) throw new Error("a list of alternatives is empty");
  return option;
}
