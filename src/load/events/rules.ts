/** The rules that a row has to meet to be an event: as a count for the strict load, as reason and column of a reject for the tolerant. */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import type { CanonicalName } from "../../model/event-columns.ts";
import { firstPossibleDay, type LoadPlan } from "../plan.ts";
import type { BoundRelation } from "./binding.ts";
import { rawNumber, rawPresent, undecodable } from "./raw-value.ts";

interface RowRule {
  readonly reason: string;
  readonly column: string;
  /** SQL over canonical columns, true when the row breaks the rule. */
  readonly breach: string;
}

export function eventRules(plan: Pick<LoadPlan, "latestDay">): readonly RowRule[] {
  return [
    { reason: "unknown_event_type", column: "event_type", breach: "event_type IS NULL" },
    { reason: "missing_time", column: "occurred_at", breach: "event_date IS NULL" },
    {
      reason: "missing_algo_version",
      column: "algo_version",
      breach: "algo_version IS NULL AND event_type IN ('impression', 'click')",
    },
    {
      reason: "future_date",
      column: "event_date",
      breach: `event_date > ${sqlDate(plan.latestDay)}`,
    },
    {
      reason: "impossible_date",
      column: "event_date",
      breach: `event_date < ${sqlDate(firstPossibleDay)}`,
    },
  ];
}

/** What a value that is there but does not become one of its type is called. */
export const typedReasons: readonly (readonly [CanonicalName, string])[] = [
  ["event_type", "unknown_event_type"],
  ["occurred_at", "not_a_time"],
  ["event_date", "not_a_date"],
  ["dwell_seconds", "not_a_number"],
  ["position", "not_a_number"],
];

/**
 * Makes the table `bad_rows`: records that are no event, with the first reason that applies and the column at fault.
 * `typed`: the canonical SELECT with TRY_CAST, `line` and the given expressions over the raw values.
 */
export async function findFaults(
  engine: Engine,
  bound: BoundRelation,
  plan: LoadPlan,
  typed: (extra: readonly string[]) => string,
): Promise<void> {
  const present = typedReasons.filter(([name]) => bound.values.has(name));
  const bytes = undecodableColumns(bound);
  const faults = [...bytes.map(({ column }) => badEncoding(column)), ...faultsOf(bound, present, plan)];
  const choose = (pick: (rule: RowRule) => string): string =>
    `CASE ${faults.map((fault) => `WHEN ${fault.breach} THEN ${sqlText(pick(fault))}`).join(" ")} END`;
  const rows = typed([
    ...present.map(([name]) => `${presence(bound, name)} AS has_${name}`),
    ...bytes.map(({ column, condition }) => `${condition} AS undecodable_${column}`),
  ]);
  await engine.execute(`CREATE OR REPLACE TEMP TABLE bad_rows AS
    SELECT line, ${choose(({ reason }) => reason)} AS reason, ${choose(({ column }) => column)} AS fault, event_date,
      algo_version, event_type
    FROM (${rows}) WHERE reason IS NOT NULL`);
}

/** In the order in which they are asked; the breaches also read `has_NAME`: whether there is a value at all. */
export function faultsOf(
  bound: Pick<BoundRelation, "values">,
  present: typeof typedReasons,
  plan: Pick<LoadPlan, "latestDay">,
): readonly RowRule[] {
  const missingType = { breach: "NOT has_event_type", reason: "missing_event_type", column: "event_type" };
  return [
    ...(bound.values.has("event_type") ? [missingType] : []),
    ...present.map(([column, reason]) => {
      const value = column === "event_date" ? "given_date" : column;
      return { breach: `has_${column} AND ${value} IS NULL`, reason, column };
    }),
    ...eventRules(plan),
  ];
}

function undecodableColumns({ values }: BoundRelation) {
  return [...values].flatMap(([column, value]) => {
    const condition = undecodable(value);
    return condition === null ? [] : [{ column, condition }];
  });
}

function badEncoding(column: string): RowRule {
  return { reason: "bad_encoding", column, breach: `undecodable_${column}` };
}

const numbers: readonly CanonicalName[] = ["dwell_seconds", "position"];

function presence(bound: BoundRelation, name: CanonicalName): string {
  const value = bound.values.get(name);
  if (value === undefined) return "false";
  return `${numbers.includes(name) ? rawNumber(value) : rawPresent(value)} IS NOT NULL`;
}
