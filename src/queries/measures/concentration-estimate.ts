/** Means over groups and the delete-a-group jackknife, from the rows of the concentration query. Pure arithmetic. */
import type {
  ConcentrationEstimate,
  DayMeasurement,
  Mover,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type { Scalar } from "../../model/words.ts";
import { jackknife } from "../../statistics/concentration.ts";
import type { JackknifeSizes } from "./concentration-sql.ts";

/** One row of the query, see concentration-sql.ts. */
export interface CountRow {
  readonly kind: string;
  readonly date: string | null;
  /** 1000 × variant + number of the group; number 0: in no group. */
  readonly group: number;
  /** −1: none. */
  readonly jack: number;
  readonly key: string | null;
  readonly topWeight: number;
  readonly weight: number;
  readonly units: number;
  readonly rawTopWeight: number;
}

export function readRow([kind, date, group, jack, key, ...counts]: readonly Scalar[]): CountRow {
  const [topWeight = 0, weight = 0, units = 0, rawTopWeight = 0] = counts.map(Number);
  return {
    kind: String(kind),
    date: typeof date === "string" ? date : null,
    group: Number(group),
    jack: Number(jack),
    key: typeof key === "string" ? key : null,
    topWeight,
    weight,
    units,
    rawTopWeight,
  };
}

export function readWindow(rows: readonly CountRow[]): WindowMeasurement {
  return perVariant(rows, windowEstimate);
}

function perVariant(
  rows: readonly CountRow[],
  estimate: (rows: readonly CountRow[]) => ConcentrationEstimate | null,
): WindowMeasurement {
  return {
    baseline: estimate(rows.filter(({ group }) => group < 1000)),
    candidate: estimate(rows.filter(({ group }) => group >= 1000)),
  };
}

function windowEstimate(rows: readonly CountRow[]): ConcentrationEstimate | null {
  const raw = rows.find(({ kind }) => kind === "raw");
  const groups = rows.filter(({ kind }) => kind === "group");
  if (raw === undefined || groups.length === 0) return null;
  const without = groupBy(
    rows.filter(({ kind }) => kind === "jack"),
    ({ jack }) => jack,
  );
  return estimateOf({ groups, without: [...without.values()], groupUnits: groups[0]?.units ?? 0 }, raw);
}

/** Shares per group, the same without each jackknife group, and the sums over all units at once. */
interface Shares {
  readonly groups: readonly Pick<CountRow, "topWeight" | "weight">[];
  readonly without: readonly (readonly Pick<CountRow, "topWeight" | "weight">[])[];
  readonly groupUnits: number;
}

function estimateOf(
  { groups, without, groupUnits }: Shares,
  raw: Pick<CountRow, "topWeight" | "weight" | "units">,
): ConcentrationEstimate {
  const value = meanShare(groups);
  const error = jackknife({ theta: value, leaveOneOut: without.map(meanShare) });
  return {
    shape: "concentration",
    units: raw.units,
    value,
    rawValue: raw.topWeight / raw.weight,
    rawNumerator: raw.topWeight,
    rawDenominator: raw.weight,
    groups: groups.length,
    groupUnits,
    standardError: error?.standardError ?? null,
    degreesOfFreedom: error?.degreesOfFreedom ?? null,
  };
}

/** Mean of the groups' shares; a group without weight has none. NaN when no group has any. */
function meanShare(groups: readonly Pick<CountRow, "topWeight" | "weight">[]): number {
  const shares = groups.filter(({ weight }) => weight > 0).map(({ topWeight, weight }) => topWeight / weight);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

export function readDays(rows: readonly CountRow[], sizes: JackknifeSizes): readonly DayMeasurement[] {
  const groupUnits = rows.find(({ kind }) => kind === "group")?.units ?? 0;
  const days = groupBy(
    rows.filter(({ kind }) => kind === "day" || kind === "units"),
    ({ date }) => date ?? "",
  );
  return [...days].map(([date, parts]) => ({
    date,
    ...perVariant(parts, (found) => dayEstimate(found, groupUnits, sizes)),
    heaviest: null,
  }));
}

function dayEstimate(
  parts: readonly CountRow[],
  groupUnits: number,
  sizes: JackknifeSizes,
): ConcentrationEstimate | null {
  const all = parts.filter(({ kind }) => kind === "day");
  const grouped = all.filter(({ group }) => group % 1000 > 0);
  const units = parts.find(({ kind }) => kind === "units")?.units ?? 0;
  if (grouped.length === 0) return null;
  const groups = sumByGroup(grouped);
  const sumOf = (field: "rawTopWeight" | "weight") => all.reduce((sum, part) => sum + part[field], 0);
  const raw = { topWeight: sumOf("rawTopWeight"), weight: sumOf("weight"), units };
  const without = units < sizes.fewestUnits ? [] : withoutEach(grouped, groups, units, sizes);
  return estimateOf({ groups: [...groups.values()], without, groupUnits }, raw);
}

type GroupSums = ReadonlyMap<number, { readonly topWeight: number; readonly weight: number }>;

function sumByGroup(parts: readonly CountRow[]): GroupSums {
  const byGroup = groupBy(parts, ({ group }) => group);
  return new Map(
    [...byGroup].map(([group, found]) => [
      group,
      {
        topWeight: found.reduce((sum, part) => sum + part.topWeight, 0),
        weight: found.reduce((sum, part) => sum + part.weight, 0),
      },
    ]),
  );
}

/** A day's keys are given, so its groups without jackknife group j are plain differences. Few units share fewer groups. */
function withoutEach(
  parts: readonly CountRow[],
  groups: GroupSums,
  units: number,
  sizes: JackknifeSizes,
): readonly (readonly { readonly topWeight: number; readonly weight: number }[])[] {
  const count = Math.min(sizes.groups, Math.floor(units / sizes.unitsPerGroup));
  const byJack = groupBy(
    parts.filter(({ jack }) => jack >= 0),
    ({ jack }) => jack % count,
  );
  return [...byJack.values()].map((deleted) => {
    const gone = sumByGroup(deleted);
    return [...groups].map(([group, whole]) => ({
      topWeight: whole.topWeight - (gone.get(group)?.topWeight ?? 0),
      weight: whole.weight - (gone.get(group)?.weight ?? 0),
    }));
  });
}

export function readMovers(rows: readonly CountRow[]): readonly Mover[] {
  const movers = rows.flatMap(({ kind, key, topWeight, weight, units, rawTopWeight }) =>
    kind === "mover" && key !== null
      ? [{ key, baselineShare: topWeight / weight, candidateShare: units / rawTopWeight }]
      : [],
  );
  const moved = ({ baselineShare, candidateShare }: Mover) => Math.abs(candidateShare - baselineShare);
  return movers.sort((left, right) => moved(right) - moved(left) || (left.key < right.key ? -1 : 1));
}

/** In the order of first appearance, which is the query's. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group === undefined) found.set(key, [item]);
    else group.push(item);
  }
  return found;
}
