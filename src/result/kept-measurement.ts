/** What a run measured, as it is kept for the next one: text ↔ measurement and cells. What is damaged counts as nothing kept. */
import { z } from "zod";
import type { Measurement } from "../model/measurement.ts";
import type { CellResult } from "../model/result.ts";
import { cellResult } from "../model/schema/evidence.ts";
import { measurement } from "../model/schema/measurement.ts";

export interface KeptMeasurement {
  /** Of all that it was made from. */
  readonly key: string;
  readonly measurement: Measurement;
  readonly cells: readonly CellResult[];
}

const schema: z.ZodType<KeptMeasurement> = z.object({
  key: z.string(),
  measurement,
  cells: z.array(cellResult),
});

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
