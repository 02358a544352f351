/**
 * What an analyst's file reads, before it runs: unknown tables get a "did you mean", and table functions that reach out of the
 * warehouse are refused by name. The engine's fence would stop them too, but not as clearly.
 */

import { TABLES_ONLY } from "../../engine/closed-names.ts";
import type { DataEngine, QueryFile, TableReference } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { isQueryProblem, queryProblem } from "../catalog/query-problem.ts";

export function asQueryFile(file: CatalogFile): QueryFile {
  return { file: file.path, sql: file.sql };
}

/** The tables a file reads, without their schema `main`. Throws GatebookError `query` when it does not parse. */
export async function tablesOf(engine: DataEngine, file: CatalogFile): Promise<readonly TableReference[]> {
  return tablesAmong(await engine.references(asQueryFile(file)));
}

/** The same; none of a file that does not parse. */
export async function tablesIfParsed(
  engine: DataEngine,
  file: CatalogFile,
): Promise<readonly TableReference[]> {
  return await tablesOf(engine, file).catch((error: unknown) => {
    if (isQueryProblem(error)) return [];
    throw error;
  });
}

export interface FileReads {
  readonly tables: readonly TableReference[];
  /** Refused functions and unknown tables, by place. */
  readonly problems: readonly GatebookError[];
}

/** What a file reads and what is wrong with that, from one look at its SQL: a look costs milliseconds. */
export async function readFile(
  engine: DataEngine,
  file: CatalogFile,
  known: ReadonlySet<string>,
): Promise<FileReads> {
  const [unread] = file.sql === "" ? file.problems : [];
  if (unread !== undefined) throw unread;
  const references = await engine.references(asQueryFile(file));
  const tables = tablesAmong(references);
  const closed = (await engine.closedNames(asQueryFile(file))).map(({ text, line, column }) =>
    queryProblem(file, text, { line, column, hint: TABLES_ONLY }),
  );
  const unknown = tables
    .filter(({ name }) => !/^information_schema\./.test(name) && !known.has(name))
    .map(({ name, line, column }) =>
      queryProblem(file, `unknown table "${name}"${suggestion(name, known)}`, {
        line,
        column,
        hint: "events, rollout, the lookups of rollout.yaml and the files in queries/relations can be read",
      }),
    );
  const reached = new Set(closed.map(({ where }) => `${where?.line}:${where?.column}`));
  const named = unknown.filter(({ where }) => !reached.has(`${where?.line}:${where?.column}`));
  return { tables, problems: [...closed, ...named, ...(await unsteadyProblems(engine, file))] };
}

/** A cell may show the time; what a verdict is made of must be the same when it is replayed. */
async function unsteadyProblems(engine: DataEngine, file: CatalogFile): Promise<readonly GatebookError[]> {
  if (file.kind === "cell") return [];
  const hint =
    "what a query needs to know of the run is in the table rollout (report_date, observed_from, observed_to); of ids and samples take a hash, e.g. md5";
  return (await engine.unsteadyNames(asQueryFile(file))).map(({ text, line, column }) =>
    queryProblem(file, `${text} differs from run to run: the ${file.kind} cannot be replayed`, {
      line,
      column,
      hint,
    }),
  );
}

/** Column names in the files' SQL, in lower case; null: any column may be read. A file that does not parse reads none. */
export async function namedColumns(
  engine: DataEngine,
  files: readonly CatalogFile[],
): Promise<ReadonlySet<string> | null> {
  const names = new Set<string>();
  for (const file of files) {
    const named = await engine.columnsNamed(asQueryFile(file)).catch((error: unknown) => {
      if (isQueryProblem(error)) return new Set<string>();
      throw error;
    });
    if (named === null) return null;
    for (const name of named) names.add(name);
  }
  return names;
}

/**
 * Throws GatebookError `query` when the engine would scan one of the `relations` that is not among those which the file's text names
 * (`upstream`): it would be built out of order, from rows of another night.
 */
export async function refuseHiddenReads(
  engine: DataEngine,
  file: CatalogFile,
  { upstream, relations }: Readonly<Record<"upstream" | "relations", readonly string[]>>,
): Promise<void> {
  const scans = await engine.scans(asQueryFile(file));
  const hidden = scans.find((name) => relations.includes(name) && !upstream.includes(name));
  if (hidden === undefined) return;
  throw queryProblem(file, `it reads the relation "${hidden}", which gatebook does not find in its text`, {
    hint: "please report this with the file; naming the relation in a plain FROM helps until then",
  });
}

function tablesAmong(references: readonly TableReference[]): readonly TableReference[] {
  return references
    .filter(({ kind }) => kind === "table")
    .map((table) => ({ ...table, name: table.name.toLowerCase().replace(/^main\./, "") }));
}
