/** Keys that came after the first version: the schema gives them a default, so that earlier results are read, and that default was measured by nobody. */
import { z } from "zod";
import { resultSchema } from "../model/schema/result.ts";

/** As `differencesOf` names them: "measurement.metrics[].coverage". */
export function laterKeys(): readonly string[] {
  return keysBelow(resultSchema, "");
}

function keysBelow(schema: z.core.$ZodType, pattern: string): readonly string[] {
  if (schema instanceof z.ZodDefault) return [pattern];
  if (schema instanceof z.ZodArray) return keysBelow(schema.element, `${pattern}[]`);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, value]) =>
      keysBelow(value, pattern === "" ? key : `${pattern}.${key}`),
    );
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly)
    return keysBelow(schema.unwrap(), pattern);
  return [];
}
