/** From a prepared file to one that can be loaded: how its rows are read, staged or not, and which column is which. */
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import { type BoundRelation, bindRelation } from "./events/binding.ts";
import { stageRelation } from "./events/staging.ts";
import type { ReadyFile } from "./files/read-ahead.ts";
import { type ReadableFile, rawRelation } from "./formats/raw-relation.ts";

export interface OpenFile extends ReadableFile, Pick<ReadyFile, "onRead"> {
  /** Its rows, or those of its staging query. */
  readonly bound: BoundRelation;
}

/** Throws a refusal when nothing of the file can be taken. */
export async function openFile(engine: Engine, ready: ReadyFile, config: Config): Promise<OpenFile> {
  const { task, temporary, onRead } = ready;
  const prepared = await ready.prepared;
  const raw = await rawRelation(engine, prepared);
  const staged = await stageRelation(engine, task.file, raw, config);
  return { task, temporary, onRead, prepared, raw, bound: bindRelation(staged, task.file, config) };
}
