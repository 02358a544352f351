/**
 * Error spending: which part of an error rate a night may use, and the boundary that uses exactly that part.
 * In: cumulative error per look and the information (1/standardError²) of each look. Out: boundaries on z.
 * Sources: Lan and DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70 (1983); recursion of
 * Armitage, McPherson and Rowe, JRSS A 132 (1969). It draws nothing and knows no data.
 */

import { normalCdf, normalQuantile } from "../normal.ts";
import { panels } from "./gauss-legendre.ts";

/** Cumulative error that may be used up to the share `t` of the planned nights, 0 < t ≤ 1. */
export type SpendingFunction = (t: number) => number;

/** Late: nearly nothing on early nights, all of it at the end (O'Brien and Fleming's shape). */
export function obrienFleming(alpha: number): SpendingFunction {
  const quantile = normalQuantile(1 - alpha / 2);
  return (t) => 2 * normalCdf(-quantile / Math.sqrt(t));
}

/** Even: about the same boundary every night (Pocock's shape). */
export function pocock(alpha: number): SpendingFunction {
  return (t) => alpha * Math.log1p((Math.E - 1) * t);
}

/** False rollbacks of one gate, shared between its guardrails: mostly kept for the end, some of it for real harm at once. */
export function rollbackSpending(guardrails: number): SpendingFunction {
  const late = obrienFleming(ROLLBACK_LATE / guardrails);
  const even = pocock(ROLLBACK_EVEN / guardrails);
  return (t) => late(t) + even(t);
}

/** False promotes of one gate. Not shared between guardrails: every one of them must pass. */
export const FALSE_PROMOTE = 0.05;
export const promoteSpending: SpendingFunction = pocock(FALSE_PROMOTE);

const ROLLBACK_LATE = 0.01;
const ROLLBACK_EVEN = 0.005;
/** Of all guardrails of a gate together. */
export const FALSE_ROLLBACK = ROLLBACK_LATE + ROLLBACK_EVEN;
/** What is kept for nights after the last planned one, so that an overdue gate can still be decided. */
const KEPT_FOR_LATER = 0.1;
/** After so many nights past the plan, half of what was kept is used. */
const LATER_NIGHTS = 7;

/** Cumulative error up to `night` (1 is the gate's first) of `plannedNights`, with an open end after them. */
export function spentBy(spending: SpendingFunction, night: number, plannedNights: number): number {
  if (night <= plannedNights) return (1 - KEPT_FOR_LATER) * spending(night / plannedNights);
  const later = 1 - 1 / (1 + (night - plannedNights) / LATER_NIGHTS);
  return spending(1) * (1 - KEPT_FOR_LATER + KEPT_FOR_LATER * later);
}

export interface Look {
  /** 1/standardError² of the log ratio on that night. */
  readonly information: number;
  /** Cumulative error that may be used up to and with this look. */
  readonly spent: number;
}

/** A look that may use less than this is none: its boundary is Infinity, and the next look makes up for it. */
const LEAST_SPENT = 1e-11;
/** Information that does not grow (a restated day, a noisier night) counts as growing by this factor. */
const LEAST_GROWTH = 1.0001;
/** In standard errors: below, the density is nothing to a double. */
const LOWEST = -8.5;
/** Steps beyond which the normal density is nothing to a double. */
const FARTHEST = 9;
/** A panel of the quadrature is this many standard errors of the finest step wide. */
const PANEL_STEPS = 8;
const MOST_PANELS = 64;

/** S at one look, given that no boundary was crossed before: nodes, and density times weight at each. */
interface State {
  readonly information: number;
  readonly nodes: readonly number[];
  readonly masses: readonly number[];
  /** Standard deviation of the step that led here: the scale on which the density varies. */
  readonly step: number;
}

/**
 * Boundaries c_n ≥ 0 on z: without any true change P(some z_n ≥ c_n up to look n) = spent_n. By symmetry the same for
 * z ≤ −c_n. A drop is found when logRatio/standardError ≤ −c. Infinity where a look may use nothing.
 */
export function spendingBoundaries(looks: readonly Look[]): readonly number[] {
  let state: State | null = null;
  let spent = 0;
  let information = 0;
  let boundary = 0;
  return looks.map((look, at) => {
    information = Math.max(look.information, LEAST_GROWTH * information);
    const increment = look.spent - spent;
    if (!(increment >= LEAST_SPENT) || !Number.isFinite(information) || information === 0) return Infinity;
    spent = look.spent;
    const scale = Math.sqrt(information);
    boundary =
      state === null
        ? normalQuantile(1 - increment)
        : solve(state, { information, increment, near: boundary });
    if (at < looks.length - 1) state = stateAt(state, information, boundary * scale);
    return boundary;
  });
}

interface Question {
  readonly information: number;
  readonly increment: number;
  /** The boundary of the look before, from where the search begins. */
  readonly near: number;
}

/** The c with P(not crossed before, z ≥ c) = increment: Newton's method on a falling function, kept inside a bracket. */
function solve(state: State, { information, increment, near }: Question): number {
  const scale = Math.sqrt(information);
  const step = Math.sqrt(information - state.information);
  let low = LOWEST;
  let high = 40;
  let c = near;
  for (let round = 0; round < 200; round += 1) {
    const excess = tailAfter(state, c * scale, step) - increment;
    if (excess > 0) low = c;
    else high = c;
    const newton = c + excess / (densityAfter(state, c * scale, step) * scale);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - c) < 1e-13 * Math.max(1, Math.abs(c))) return next;
    c = next;
  }
  return c;
}

/** P(S > s) one step after `state`; nodes too far below add nothing. */
function tailAfter({ nodes, masses }: State, s: number, step: number): number {
  let sum = 0;
  for (let index = 0; index < nodes.length; index += 1) {
    const distance = ((nodes[index] ?? 0) - s) / step;
    if (distance >= -FARTHEST) sum += (masses[index] ?? 0) * normalCdf(distance);
  }
  return sum;
}

/** The density of S at `s` one step after `state`; nodes that are too far to add anything are passed over. */
function densityAfter(state: State, s: number, step: number): number {
  const { nodes, masses } = state;
  const reach = FARTHEST * step;
  let sum = 0;
  for (let index = 0; index < nodes.length; index += 1) {
    const distance = s - (nodes[index] ?? 0);
    if (Math.abs(distance) <= reach) sum += (masses[index] ?? 0) * Math.exp(-((distance / step) ** 2) / 2);
  }
  return sum / (step * Math.sqrt(2 * Math.PI));
}

function normalDensity(distance: number, deviation: number): number {
  return Math.exp(-((distance / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
}

/** S at the new look below its boundary `top`, on a grid as fine as the finer of the last two steps. */
function stateAt(before: State | null, information: number, top: number): State {
  const scale = Math.sqrt(information);
  const step = before === null ? scale : Math.sqrt(information - before.information);
  const bottom = LOWEST * scale;
  const finest = Math.min(step, before?.step ?? step);
  const count = Math.ceil((top - bottom) / (PANEL_STEPS * finest));
  const { nodes, weights } = panels(bottom, top, Math.min(Math.max(count, 2), MOST_PANELS));
  const densityAt = (s: number) =>
    before === null ? normalDensity(s, scale) : densityAfter(before, s, step);
  const masses = nodes.map((node, index) => densityAt(node) * (weights[index] ?? 0));
  return { information, nodes, masses, step };
}
