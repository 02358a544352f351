/**
 * What a rollback claims. Shares are the candidate's share of units, fractions. `allowed` is what the claim leaves it (0
 * after an immediate rollback), `before` what it had: evidence that could as well come from `before` proves nothing.
 */
import type { Preset } from "../model/words.ts";

export interface Claim {
  readonly preset: Preset;
  readonly baseline: string;
  readonly candidate: string;
  readonly allowed: number;
  readonly before: number;
  /** Evidence counts from this instant on, ISO UTC. */
  readonly since: string;
}
