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
  /** Readiness to stay with what was clicked, about 1 on average. */
  readonly patience: number;
  /** Length of visits, about 1 on average. */
  readonly intensity: number;
  /** Comes every day and stays long (a scenario's doing). */
  readonly isHeavy: boolean;
  /** Index of the first day on which the user can come, and of the first on which no longer. */
  readonly joins: number;
  readonly leaves: number;
}

const MEAN_ACTIVITY = 0.35;
const PROPENSITY_SPREAD = 0.2;
const LASTING_SPREAD = 0.4;
const REPLACED_SHARE = 0.3;

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
  const nameFor = unitNames(100_000 + random.integer(800_000), share);
  return Array.from({ length: count }, (_, index) => {
    const due = Math.floor((index + 1) * share + offset) > Math.floor(index * share + offset);
    const variant = due ? "candidate" : "baseline";
    const quantile = (index + 0.5) / count;
    return {
      id: nameFor(variant),
      variant,
      activity: 0.05 + 0.9 * quantile ** 2,
      propensity: drawTaste(PROPENSITY_SPREAD, random),
      patience: 1,
      intensity: 0.7 + 0.6 * random.uniform(),
      isHeavy: false,
      joins: Number.NEGATIVE_INFINITY,
      leaves: Number.POSITIVE_INFINITY,
    };
  });
}

/** Log-normal, mean 1. */
function drawTaste(spread: number, random: Random): number {
  return Math.exp(spread * random.normal() - spread ** 2 / 2);
}

/** Names with rising numbers after `last`, passed over until their hash asks for the variant. */
function unitNames(last: number, share: number): (variant: Variant) => string {
  let serial = last;
  return (variant) => {
    do serial += 1;
    while (variantOf(`u${serial}`, share) !== variant);
    return `u${serial}`;
  };
}

/**
 * The same people as they are known from days before the rollout: tastes differ enough that earlier days foretell later ones, and
 * on each of the `days` of the rollout some leave for good, while others of the same habits and variant, but of tastes of their
 * own, come for the first time. Traffic stays as it is. The heaviest all stay.
 */
export function withTurnover(
  users: readonly User[],
  { days, share }: { readonly days: number; readonly share: number },
  random: Random,
): readonly User[] {
  const nameFor = unitNames(Number(users.at(-1)?.id.slice(1)), share);
  const withTastes = (user: User): User => ({
    ...user,
    propensity: drawTaste(LASTING_SPREAD, random),
    patience: drawTaste(LASTING_SPREAD, random),
  });
  return users.flatMap((user) => {
    const known = withTastes(user);
    if (user.isHeavy || random.uniform() >= REPLACED_SHARE) return [known];
    const change = random.integer(days);
    return [
      { ...known, leaves: change },
      { ...withTastes(user), id: nameFor(user.variant), joins: change },
    ];
  });
}
