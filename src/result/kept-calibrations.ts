/** Calibrations as they are kept for the nights after them, the newest of each rollout and share. What is damaged counts as none. */
import { z } from "zod";
import { calibration } from "../model/schema/calibration.ts";
import type { ReadonlyOutput } from "../model/schema/values.ts";

const kept = z.object({
  rollout: z.string(),
  calibration: calibration.omit({ outdated: true }),
  /** What it depended on: a hash by name of the setting or path of the file. */
  configuration: z.record(z.string(), z.string()),
});

export interface KeptCalibration extends ReadonlyOutput<typeof kept> {}

export function calibrationsText(calibrations: readonly KeptCalibration[]): string {
  return JSON.stringify(calibrations, null, 1);
}

export function parseCalibrations(text: string): readonly KeptCalibration[] {
  try {
    return z.array(kept).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
