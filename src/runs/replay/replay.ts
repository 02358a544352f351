/**
 * A record made again: do every number, every sentence and the verdict come out the same to the last digit, and if not, where, and
 * have its inputs changed since? The recorded SQL runs, not the workspace's; the recorded rollout.yaml counts, not today's.
 */
import type { Engine } from "../../engine/engine.ts";
import type { JudgeInput } from "../../judge/input.ts";
import { readLedger } from "../../ledger/state.ts";
import { retentionStart } from "../../load/days/pruned-days.ts";
import { readKnownFiles } from "../../load/records/loads-table.ts";
import { presentColumns } from "../../load/records/present-columns.ts";
import type { Result } from "../../model/result.ts";
import { type Catalog, queryProvenance } from "../../queries/catalog/catalog.ts";
import { inConfiguredOrder } from "../../queries/catalog/event-dimensions.ts";
import { recordedCatalog } from "../../queries/catalog/recorded-catalog.ts";
import { CLOCK_FIELDS, type Difference, differencesOf } from "../../result/differences.ts";
import { laterKeys } from "../../result/later-keys.ts";
import { parseResult, serializeResult } from "../../result/serialize.ts";
import { overlayRollout } from "../../warehouse/rollout-table.ts";
import { judgeMeasured } from "../judge-measured.ts";
import { withChanges } from "../night/record-night.ts";
import { judgeInputOf, recordedConfig, recordedWindow } from "./judge-again.ts";
import { type Missing, measureAgain, measureFirstDayAgain } from "./measure-again.ts";
import { type RecordedEvents, recordedHere } from "./recorded-events.ts";
import { type InputChange, ledgerChanges, loadChanges } from "./replay-inputs.ts";

/** "incomplete": what could be made again is the same, the rest is in `missing`. */
export type ReplayOutcome = "identical" | "inputs changed" | "differs" | "incomplete";

export interface Replayed {
  readonly outcome: ReplayOutcome;
  readonly differences: readonly Difference[];
  readonly inputs: readonly InputChange[];
  /** Files whose input is gone, and why: their recorded rows were taken. */
  readonly missing: readonly Missing[];
  /** Relations built again from kept events. */
  readonly rebuilt: readonly string[];
  /** "0.1": by whose rules the recorded verdict was found, which are not compared; absent: by ours. */
  readonly judgedBy?: string | undefined;
  /** Another version may word or round differently. DuckDB is null where none was asked. */
  readonly tools: { readonly recorded: ToolVersions; readonly now: ToolVersions };
}

export interface ToolVersions {
  readonly gatebook: string;
  readonly duckdb: string | null;
}

export interface ReplayRequest {
  readonly recorded: Result;
  /** The workspace. */
  readonly root: string;
  readonly timeoutMs: number;
  /** Of this gatebook. */
  readonly version: string;
}

export async function replayResult(
  events: RecordedEvents | Engine,
  request: ReplayRequest,
): Promise<Replayed> {
  const { engines, gone, stored } = "engines" in events ? events : recordedHere(events);
  const { books } = engines;
  const { recorded, root, timeoutMs, version } = request;
  const config = recordedConfig(recorded, root);
  const { queries } = recorded.provenance;
  const catalog = inConfiguredOrder(recordedCatalog({ queries, cells: recorded.cells }), config);
  const window = recordedWindow(recorded);
  await overlayRollout(engines.data, config, window);
  const range = { from: window.preFrom ?? window.shownFrom, retentionStart: await retentionStart(books) };
  const present = await presentColumns(books);
  const plan = { window, config, catalog, timeoutMs, presentColumns: present };
  const again =
    recorded.phase === "first-24h"
      ? await measureFirstDayAgain(engines, { recorded, plan, range, stored: new Map() })
      : await measureAgain(engines, { recorded, plan, range, stored: await stored(catalog) });
  const { name } = config.rollout;
  const key = { rollout: name, phase: recorded.phase, date: window.reportDate, asOf: window.asOf };
  const { state: ledger } = await readLedger(books, key);
  const { measurement, cells, missing } = again;
  const input = { ...judgeInputOf(recorded, config), ...measurement, ledger };
  const remade = remake({ ...recorded, cells }, input, catalog);
  // an ad-hoc window has no night before it: where nothing is recorded, nothing is made
  const { changes } = recorded.changes.length === 0 ? recorded : await withChanges(books, remade);
  const sources = [...config.sources.map(({ name }) => name), ...recorded.loads.map(({ source }) => source)];
  const loads = (await readKnownFiles(books))
    .map(({ record }) => record)
    .filter(({ source }) => sources.includes(source));
  const inputs = [
    ...gone,
    ...loadChanges(recorded.loads, loads, window),
    ...ledgerChanges(recorded.ledger, normal({ ...recorded, ledger }).ledger),
  ];
  const differences = compare(recorded, { ...remade, changes });
  return {
    outcome: outcomeOf({ differences, inputs, missing }),
    ...{ differences, inputs, missing },
    rebuilt: again.rebuilt,
    ...judgedBy(recorded),
    tools: toolsOf(recorded, { gatebook: version, duckdb: books.version }),
  };
}

/** From the record alone, without any warehouse: what was measured is judged again, and must give the recorded verdict. */
export function replayJudgement({ recorded, root, version }: Omit<ReplayRequest, "timeoutMs">): Replayed {
  const config = recordedConfig(recorded, root);
  const catalog = recordedCatalog({ queries: recorded.provenance.queries, cells: recorded.cells });
  const differences = compare(recorded, remake(recorded, judgeInputOf(recorded, config), catalog));
  const tools = toolsOf(recorded, { gatebook: version, duckdb: null });
  const nothing = { inputs: [], missing: [], rebuilt: [], ...judgedBy(recorded), tools };
  if (differences.length > 0) return { outcome: "differs", differences, ...nothing };
  // the rules of an old record are gone: without its rows there is nothing to compare
  return { outcome: nothing.judgedBy === undefined ? "identical" : "incomplete", differences, ...nothing };
}

function toolsOf({ tool, provenance }: Result, now: ToolVersions): Replayed["tools"] {
  return { recorded: { gatebook: tool.version, duckdb: provenance.duckdb }, now };
}

/** Every part that follows from the recorded inputs; a hash is taken of the text beside it. */
function remake(recorded: Result, input: JudgeInput, catalog: Catalog): Result {
  const { config } = input;
  return {
    ...recorded,
    ...judgeMeasured(input, recorded.cells).parts,
    ledger: recorded.ledger,
    provenance: { ...recorded.provenance, configSha256: config.sha256, queries: queryProvenance(catalog) },
  };
}

function compare(recorded: Result, remade: Result): readonly Difference[] {
  if (recorded.schemaVersion !== 1) return differencesOf(recorded, normal(remade), CLOCK_FIELDS);
  return differencesOf(measured(recorded), measured(normal(remade)), [...CLOCK_FIELDS, ...laterKeys()]);
}

/** What was counted that night; what follows from it by the judge's rules is left to them. */
function measured({ measurement, cells }: Result): Pick<Result, "measurement" | "cells"> {
  return { measurement, cells };
}

/** The version whose rules judged it, when they are no longer ours: its verdict is then shown as recorded. */
function judgedBy({ schemaVersion, tool }: Result): Pick<Replayed, "judgedBy"> {
  return schemaVersion === 1 ? { judgedBy: tool.version.split(".").slice(0, 2).join(".") } : {};
}

/** As it would be read back from the disk. */
function normal(result: Result): Result {
  return parseResult(serializeResult(result));
}

function outcomeOf(found: Pick<Replayed, "differences" | "inputs" | "missing">): ReplayOutcome {
  if (found.inputs.some(({ isGone }) => isGone === true)) return "inputs changed";
  if (found.differences.length === 0) return found.missing.length > 0 ? "incomplete" : "identical";
  return found.inputs.some(({ matters }) => matters) ? "inputs changed" : "differs";
}
