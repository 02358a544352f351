/** What a run measured, as it is kept for the next one: text ↔ measurement and cells. What is damaged counts as nothing kept. */
import { z } from "zod";
import { cellResult } from "../model/schema/evidence.ts";
import { measurement } from "../model/schema/measurement.ts";
import type { ReadonlyOutput } from "../model/schema/values.ts";

const schema = z.object({
  /** Hash of all that it was made from. */
  key: z.string(),
  /** Single events that there were. */
  events: z.number(),
  measurement,
  cells: z.array(cellResult).readonly(),
});

export interface KeptMeasurement extends ReadonlyOutput<typeof schema> {}

export function keptText(kept: KeptMeasurement): string {
  return JSON.stringify(kept);
}

export function parseKept(text: string): KeptMeasurement | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
