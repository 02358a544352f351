/** `gatebook query SOURCE`: what its staging file makes of the first rows of the newest export, without a night. */
import { relative } from "node:path";
import type { QueryFile, QueryOptions, QueryResult } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { plural } from "../../text/words.ts";
import { withExcerpt } from "../terminal/excerpt.ts";

export interface SourceRows {
  readonly result: QueryResult;
  /** "the first 1000 rows of exports/feed.csv" */
  readonly of: string;
}

/** Throws GatebookError `input` when there is no file, or nothing of it can be read. */
export async function queryFirstRows(
  config: Config,
  source: Source,
  { before, ...options }: Pick<QueryFile, "before"> & QueryOptions,
): Promise<SourceRows> {
  const { withSourceSample } = await import("../../runs/sources/sample-source.ts");
  const query = await queryOf(config, source);
  const rows = await withSourceSample(config, source, async ({ engine, file, raw }) => {
    const [counted] = await engine.rows(`SELECT count(*) AS rows FROM ${raw.from}`);
    const of = `the first ${plural(Number(counted?.["rows"]), "row")} of ${file.file}`;
    const result = await engine.query({ ...query, before }, { ...options, exact: true });
    return { of, result };
  }).catch(async (error: unknown) => {
    throw await withExcerpt(error, { path: query.file, sql: query.sql });
  });
  if (rows !== null) return rows;
  throw new GatebookError("input", `source ${source.name}: no file matches ${source.files.join(" or ")}`, {
    where: { file: config.file },
    hint: "check that the export has run, and the path under sources",
  });
}

/** Without a staging file the rows as they are read. */
async function queryOf(config: Config, { name, staging }: Source): Promise<QueryFile> {
  if (staging === null) return { file: name, sql: `SELECT * FROM ${sqlName(name)}` };
  const { readStaging } = await import("../../load/events/staging-file.ts");
  const file = relative(config.root, staging);
  return { file, sql: await readStaging(staging, file) };
}
