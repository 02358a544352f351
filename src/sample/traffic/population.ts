/** The people who return to the feed, and which variant a unit gets: decided by a stable hash, one unit in one variant. */
import { createHash } from "node:crypto";
import type { Variant } from "../../model/words.ts";
import type { Random } from "../../statistics/random.ts";

export interface User {
  readonly id: string;
  readonly variant: Variant;
  /** Chance to come on a mean day. */
  readonly activity: number;
  /** Readiness to click, about 1 on average. */
  readonly propensity: number;
  /** Length of visits, about 1 on average. */
  readonly intensity: number;
  /** Comes every day and stays long (a scenario's doing). */
  readonly isHeavy: boolean;
}

const MEAN_ACTIVITY = 0.35;
const PROPENSITY_SPREAD = 0.2;

/** As an application would: candidate when the unit's hash falls below the share, whatever else changes. */
export function variantOf(unit: string, share: number): Variant {
  const hash = createHash("sha256").update(`clip-cosine-v2:${unit}`).digest().readUInt32LE(0);
  return hash / 4294967296 < share ? "candidate" : "baseline";
}

/**
 * Users from the rarest to the most frequent visitor. Ids are passed over until their hash asks for the variant that is
 * due, so that the share is the same at every level of activity and the arms of a small sample are alike.
 */
export function makePopulation(usersPerDay: number, share: number, random: Random): readonly User[] {
  const count = Math.round(usersPerDay / MEAN_ACTIVITY);
  const offset = random.uniform();
  let serial = 100_000 + random.integer(800_000);
  return Array.from({ length: count }, (_, index) => {
    const due = Math.floor((index + 1) * share + offset) > Math.floor(index * share + offset);
    do serial += 1;
    while ((variantOf(`u${serial}`, share) === "candidate") !== due);
    const quantile = (index + 0.5) / count;
    return {
      id: `u${serial}`,
      variant: due ? "candidate" : "baseline",
      activity: 0.05 + 0.9 * quantile ** 2,
      propensity: Math.exp(PROPENSITY_SPREAD * random.normal() - PROPENSITY_SPREAD ** 2 / 2),
      intensity: 0.7 + 0.6 * random.uniform(),
      isHeavy: false,
    };
  });
}
