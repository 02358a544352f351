/** One thing that `gatebook check` found. */
import type { GatebookError, Place } from "../../model/error.ts";
import { type Catalog, type CatalogFile, catalogFiles } from "../catalog/catalog.ts";
import { excerpt } from "../catalog/query-problem.ts";

export interface Finding {
  /** An error makes `check` fail; a warning does not. A note says that nothing is wrong, and what would be better. */
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  readonly where: Place;
  /** The source line with a caret under the character. */
  readonly excerpt: string | null;
  readonly hint: string | null;
}

/** `source`: the file it is about, or the catalog to find it in. */
export function toFinding(problem: GatebookError, source: CatalogFile | Catalog): Finding {
  const where = problem.where ?? { file: "path" in source ? source.path : "queries" };
  const files = "path" in source ? [source] : catalogFiles(source);
  const texts = files.flatMap((file) => [
    { path: file.path, text: file.sql },
    ...(file.chart === null ? [] : [file.chart]),
  ]);
  const text = texts.find(({ path }) => path === where.file)?.text;
  return {
    level: "error",
    message: problem.message,
    where,
    excerpt: text === undefined ? null : excerpt(text, where),
    hint: problem.hint ?? null,
  };
}
