/** Which platform a unit is on, where a scenario has them. By its name, so that no other draw changes. */
import { createHash } from "node:crypto";

export const platforms = ["android", "ios", "web"] as const;
export type Platform = (typeof platforms)[number];

/** Of all units. */
export const platformShares: Readonly<Record<Platform, number>> = { android: 0.5, ios: 0.35, web: 0.15 };

export function platformOf(unit: string): Platform {
  const at = fractionOf("platform", unit);
  if (at < platformShares.android) return "android";
  return at < platformShares.android + platformShares.ios ? "ios" : "web";
}

/** From 0 to 1, even over units; `purpose` makes it another number. */
export function fractionOf(purpose: string, unit: string): number {
  return createHash("sha256").update(`${purpose}:${unit}`).digest().readUInt32LE(0) / 4294967296;
}
