/** How often a property is tried: a few times in `npm test`, many times in the slow lane, which runs `*.property.test.ts` too. */
export function longRuns(few: number, many: number): number {
  return process.env["GATEBOOK_TESTS"] === "slow" ? many : few;
}
