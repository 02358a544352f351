/** What changed since last night, and tonight's row in the ledger. */
import type { Engine } from "../../engine/engine.ts";
import { changesSince } from "../../judge/changes/changes.ts";
import { readNight, writeNight } from "../../ledger/night.ts";
import { isoSeconds } from "../../model/calendar.ts";
import type { Context } from "../../model/context.ts";
import type { Result } from "../../model/result.ts";
import { parseResult, serializeResult } from "../../result/serialize.ts";
import type { JudgedWindow } from "../judge-measured.ts";

/** The result compared with the night before it, as the ledger keeps that. */
export async function withChanges(engine: Engine, result: Result): Promise<Result> {
  return { ...result, changes: changesSince(await recorded(engine, result, "before"), result) };
}

export async function recordNight(
  engine: Engine,
  result: Result,
  kept: JudgedWindow["kept"],
  context: Context,
): Promise<void> {
  const same = await recorded(engine, result, "same");
  const restated = same === null ? ["first"] : changesSince(same, result).map(({ text }) => text);
  await writeNight(engine, {
    result,
    stored: storedText(result),
    ...kept,
    changed: restated.join("; "),
    recordedAt: isoSeconds(context.now()),
  });
}

async function recorded(
  engine: Engine,
  { rollout, phase, window }: Result,
  which: "before" | "same",
): Promise<Result | null> {
  const text = await readNight(engine, { rollout: rollout.name, phase, asOf: window.asOf, which });
  return text === null ? null : parseResult(text);
}

/** A result as the ledger keeps it: without the rows of cells. */
export function storedText(result: Result): string {
  return serializeResult({ ...result, cells: result.cells.map((cell) => ({ ...cell, rows: [] })) });
}
