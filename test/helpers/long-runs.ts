/** Whether this is the slow lane, which runs `*.property.test.ts` as `npm test` does, at length. */
export const isSlowLane = process.env["GATEBOOK_TESTS"] === "slow";

/** How often a property is tried: a few times in `npm test`, many times in the slow lane. */
export function longRuns(few: number, many: number): number {
  return isSlowLane ? many : few;
}
