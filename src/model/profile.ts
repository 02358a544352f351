/** Where the time of a run went. Only recorded, never decided on. */
import type * as profile from "./schema/profile.ts";
import type { ReadonlyOutput } from "./schema/values.ts";

/** What one statement took, as the engine itself measured it; of one that was run several times, all of them together. */
export interface StatementProfile extends ReadonlyOutput<typeof profile.statementProfile> {}
export interface OperatorProfile extends ReadonlyOutput<typeof profile.operatorProfile> {}
export interface StageTime extends ReadonlyOutput<typeof profile.stageTime> {}
