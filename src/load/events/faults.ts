import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { LoadPlan } from "../plan.ts";
import { rawPresent } from "./canonical-sql.ts";
import type { CanonicalName } from "./columns.ts";
import { eventRules } from "./rules.ts";
import type { BoundRelation } from "./select-events.ts";

/** What a value that is there but does not become one of its type is called. */
const typedReasons: readonly (readonly [CanonicalName, string])[] = [
  ["event_type", "unknown_event_type"],
  ["occurred_at", "not_a_time"],
  ["event_date", "not_a_date"],
  ["dwell_seconds", "not_a_number"],
  ["position", "not_a_number"],
];

interface Fault {
  readonly breach: string;
  readonly reason: string;
  readonly column: string;
}

/**
 * Makes the table `bad_rows`: records that are no event, with the first reason that holds and the column at fault.
 * `typed`: the canonical SELECT with TRY_CAST, `line` and the given expressions over the raw values.
 */
export async function findFaults(
  engine: Engine,
  bound: BoundRelation,
  plan: LoadPlan,
  typed: (extra: readonly string[]) => string,
): Promise<void> {
  const present = typedReasons.filter(([name]) => bound.values.has(name));
  const faults = faultsOf(bound, present, plan);
  const choose = (pick: (fault: Fault) => string): string =>
    `CASE ${faults.map((fault) => `WHEN ${fault.breach} THEN ${sqlText(pick(fault))}`).join(" ")} END`;
  const rows = typed(present.map(([name]) => `${presence(bound, name)} AS has_${name}`));
  await engine.execute(`CREATE OR REPLACE TEMP TABLE bad_rows AS
    SELECT line, ${choose(({ reason }) => reason)} AS reason, ${choose(({ column }) => column)} AS fault, event_date,
      algo_version, event_type
    FROM (${rows}) WHERE reason IS NOT NULL`);
}

function faultsOf(bound: BoundRelation, present: typeof typedReasons, plan: LoadPlan): readonly Fault[] {
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

function presence(bound: BoundRelation, name: CanonicalName): string {
  const value = bound.values.get(name);
  return value === undefined ? "false" : `${rawPresent(value)} IS NOT NULL`;
}
