/** What is wrong with an analyst's file, as a finding of the result: message, place, the source line with a caret. */
import type { TableReference } from "../../engine/engine.ts";
import { GatebookError, type Place } from "../../model/error.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { CatalogFile } from "./catalog.ts";

/** An error that an analyst's file is to blame for; of the store itself (disk full) or unknown ones nobody here is. */
export function isQueryProblem(error: unknown): error is GatebookError {
  return error instanceof GatebookError && (error.code === "query" || error.code === "config");
}

/** A finding of an error about one file; what is no problem of a file is thrown on. */
export function toQueryError(error: unknown, file: Pick<CatalogFile, "path" | "sql">): QueryError {
  if (!isQueryProblem(error)) throw error;
  const where = error.where ?? { file: file.path };
  return {
    message: error.message,
    file: where.file,
    line: where.line ?? null,
    column: where.column ?? null,
    excerpt: where.file === file.path ? excerpt(file.sql, where) : null,
    hint: error.hint ?? null,
  };
}

/** The line at a place with a caret under the character, two lines; null when the place has no line. */
export function excerpt(text: string, place: Place): string | null {
  const source = place.line === undefined ? undefined : text.split(/\r?\n/)[place.line - 1];
  if (source === undefined) return null;
  // Columns count characters, not UTF-16 units; a tab before the caret keeps its width.
  const lead = [...source].slice(0, Math.max(0, (place.column ?? 1) - 1));
  return `${source}\n${lead.map((character) => (character === "\t" ? "\t" : " ")).join("")}^`;
}

/** The file reads a relation that failed. */
export function unbuiltRelation(
  file: Pick<CatalogFile, "path">,
  { name, line, column }: Pick<TableReference, "name" | "line" | "column">,
): GatebookError {
  const hint = `fix queries/relations/${name}.sql first`;
  return queryProblem(file, `it reads the relation "${name}", which could not be built`, {
    line,
    column,
    hint,
  });
}

/** A problem of the file itself, at a place of it. */
export function queryProblem(
  file: Pick<CatalogFile, "path">,
  message: string,
  details: { readonly line?: number; readonly column?: number; readonly hint?: string } = {},
): GatebookError {
  const { hint, ...place } = details;
  return new GatebookError("query", message, { where: { file: file.path, ...place }, hint });
}
