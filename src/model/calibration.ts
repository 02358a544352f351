/** What a calibration found, as `schema/calibration.ts` has it. */
import type * as schema from "./schema/calibration.ts";
import type { ReadonlyOutput } from "./schema/values.ts";

/** Seen in so many splits; its error is null without splits. */
export interface Rate extends ReadonlyOutput<typeof schema.rate> {}
export interface EndRates extends ReadonlyOutput<typeof schema.endRates> {}
export interface Ends extends ReadonlyOutput<typeof schema.ends> {}
export interface PlantedEnds extends ReadonlyOutput<typeof schema.plantedEnds> {}
export interface Calibration extends ReadonlyOutput<typeof schema.calibration> {}
