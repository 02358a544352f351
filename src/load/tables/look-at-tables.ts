/** What a cluster's tables are tonight: columns, snapshot, what is wrong with them. In: sources that are tables. Out: a look at each. */
import type { Engines, RemoteEngine } from "../../engine/engine.ts";
import { isEngineError } from "../../engine/engine-error.ts";
import type { Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { BoundRelation } from "../events/binding.ts";
import { readStaging } from "../events/staging-file.ts";
import { isRefusal, refusal } from "../files/refusal.ts";
import { loadFingerprint } from "../records/load-fingerprint.ts";
import { type KnownFile, readKnownFiles } from "../records/loads-table.ts";
import { around, bindTable, type NotedTable, type TablePlan } from "./event-sql.ts";

export interface Look {
  readonly source: Source;
  readonly fileId: number;
  readonly fingerprint: string;
  readonly before: KnownFile | undefined;
  readonly committedAt: string | null;
  /** Null: refused, and why. */
  readonly noted: NotedTable | null;
  readonly bound: BoundRelation | null;
  readonly refused: GatebookError | null;
}

export interface NoteContext extends TablePlan {
  readonly progress: (text: string) => void;
  /** Of a recorded night, by table; not given: as the tables are now. */
  readonly snapshots?: ReadonlyMap<string, string> | undefined;
}

export async function lookAtTables(
  { books, cluster }: { readonly books: Engines["books"]; readonly cluster: RemoteEngine },
  context: NoteContext,
): Promise<readonly Look[]> {
  const { config } = context;
  const known = await readKnownFiles(books);
  let next = known.reduce((highest, { fileId }) => Math.max(highest, fileId), 0) + 1;
  const looks: Look[] = [];
  for (const source of config.sources) {
    const { table = "" } = source;
    const before = known.find(({ record }) => record.source === source.name && record.file === table);
    const fileId = before?.fileId ?? next++;
    const base = {
      ...{ source, fileId, before },
      fingerprint: await loadFingerprint(source, config, ""),
    };
    try {
      const { noted, committedAt } = await lookAt(cluster, { source, table, fileId }, context);
      const bound = source.kind === "events" ? bindTable(noted, config) : null;
      looks.push({ ...base, committedAt, noted, bound, refused: null });
    } catch (error) {
      looks.push({ ...base, committedAt: null, noted: null, bound: null, refused: asRefusal(error, table) });
    }
  }
  return looks;
}

async function lookAt(
  cluster: RemoteEngine,
  { source, table, fileId }: { readonly source: Source; readonly table: string; readonly fileId: number },
  { snapshots }: NoteContext,
): Promise<{ readonly noted: NotedTable; readonly committedAt: string | null }> {
  const recorded = snapshots?.get(table);
  const present = recorded === undefined ? await cluster.snapshot(table) : null;
  const staging = source.staging === null ? null : await readStaging(source.staging, source.staging);
  const base = { fileId, source, table, snapshot: recorded ?? present?.id ?? null, staging };
  const columns =
    staging === null
      ? await cluster.columnsOf(table)
      : await cluster.describeNative({ file: source.staging ?? "", sql: staging, ...around(cluster, base) });
  return { noted: { ...base, columns }, committedAt: present?.committedAt ?? null };
}

/** What is wrong with a table or its staging file is a finding of the night; a cluster that does not answer ends it. */
function asRefusal(error: unknown, table: string): GatebookError {
  if (isRefusal(error)) return error;
  if (error instanceof GatebookError && (error.code === "query" || isEngineError(error, "query")))
    return refusal(table, error.message, error.hint ?? "correct the source in rollout.yaml", error);
  throw error;
}

export function isUnchanged(
  { before, noted, refused, fingerprint }: Look,
  { latestDay }: NoteContext,
): boolean {
  if (before === undefined || before.loadFingerprint !== fingerprint) return false;
  if (refused !== null)
    return before.record.status === "refused" && before.record.notes[0] === refused.message;
  if (before.record.status !== "loaded") return false;
  if (before.retryFrom !== null && before.retryFrom <= latestDay) return false;
  return noted?.snapshot != null && before.record.snapshot === noted.snapshot;
}
