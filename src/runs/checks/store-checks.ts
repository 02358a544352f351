/**
 * What only the store knows, as checks beside the judge's own: names, days, the events of a first day, the ledger, what is about to be
 * dropped, and the analysts' files that neither a metric nor a check shows.
 */
import type { Engine, Engines } from "../../engine/engine.ts";
import { readMemory } from "../../ledger/memory.ts";
import { droppedCheck, prunableEvents } from "../../load/days/prune.ts";
import { finding } from "../../model/check-result.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { CellResult, CheckResult } from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { toQueryError } from "../../queries/catalog/query-problem.ts";
import { type NamesRequest, namesCheck } from "./algorithm-names.ts";
import { dayChecks } from "./day-checks.ts";
import { firstDayEventChecks } from "./first-day-events.ts";

export interface StoreQuestion extends NamesRequest {
  readonly catalog: Catalog;
  readonly phase: Phase;
  readonly ledger: LedgerState;
  readonly cells: readonly CellResult[];
}

export async function storeChecks(
  engines: Engines,
  question: StoreQuestion,
): Promise<readonly CheckResult[]> {
  const { books, data } = engines;
  const { config, phase, window } = question;
  const { name, timeZone } = config.rollout;
  const isDaily = phase === "daily";
  const prunable = isDaily ? await prunableEvents(books, config.keepEvents, window.reportDate) : null;
  return [
    await namesCheck(data, question),
    ...(await dayChecks(books, { ...question, timeZone })),
    ...(isDaily ? [] : await firstDayEventChecks(engines, question)),
    ...(await ledgerChecks(books, { rollout: name, asOf: window.asOf })),
    ...(prunable === null ? [] : droppedCheck(prunable, config.keepEvents)),
    ...fileChecks(question),
  ];
}

/** A lost ledger blocks every night; one that was taken over or started again is reported once. */
async function ledgerChecks(
  engine: Engine,
  night: { readonly rollout: string; readonly asOf: string },
): Promise<readonly CheckResult[]> {
  const memory = await readMemory(engine, night);
  if (memory === null) return [];
  const { kind, day, person, reason } = memory;
  if (kind === "lost") {
    const unknown = "whether a rollback is latched is not known";
    const ways = "gatebook restore --from FILE takes over a copy, gatebook restore --none starts a new one";
    const detail = `ledger lost on ${day}: ${reason}; ${unknown} (${ways})`;
    return [finding("ledger_lost", "The ledger of earlier nights is there")("fail", detail)];
  }
  if (memory.isOld) return [];
  const effect = { effect: "warn" } as const;
  if (kind === "recovered")
    return [finding("ledger_recovered", "The ledger was never lost")("warn", reason, effect)];
  const detail = `${person} started a new ledger on ${day}: ${reason}`;
  return [finding("ledger_fresh_start", "The ledger was never started again")("warn", detail, effect)];
}

/** One failing file never stops the report, and never lets a promote through. */
function fileChecks({ catalog, relations, cells }: StoreQuestion): readonly CheckResult[] {
  const headers = catalog.problems.map((problem) =>
    toQueryError(problem, { path: problem.where?.file ?? "queries", sql: "" }),
  );
  const built = `${relations.length} relations built`;
  // a cell whose chart cannot be drawn has its columns, and the error is shown at its chart
  const failed = cells.filter(({ columns }) => columns.length === 0);
  return [
    fileCheck("query_headers", "The headers of the SQL files are sound", headers, "every header is sound"),
    fileCheck("relations_built", "Every relation was built", errorsOf(relations), built),
    fileCheck("cells_ran", "Every cell ran", errorsOf(failed), `${cells.length} cells ran`),
  ];
}

function errorsOf(outcomes: readonly { readonly error: QueryError | null }[]): readonly QueryError[] {
  return outcomes.flatMap(({ error }) => (error === null ? [] : [error]));
}

function fileCheck(name: string, title: string, errors: readonly QueryError[], fine: string): CheckResult {
  const check = finding(name, title);
  const [first] = errors;
  if (first === undefined) return check("pass", fine, { observed: 0, expected: 0 });
  const place = first.line === null ? first.file : `${first.file}:${first.line}`;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  const counts = { observed: errors.length, expected: 0 };
  return { ...check("error", `${place}: ${first.message}${more}`, counts), error: first };
}
