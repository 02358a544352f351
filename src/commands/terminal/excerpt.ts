import { GatebookError } from "../../model/error.ts";
import type { CatalogFile } from "../../queries/catalog/catalog.ts";
import { detailLines } from "./errors.ts";

/** The line with a caret under the character, when the error is about this file. */
export async function withExcerpt(error: unknown, file: Pick<CatalogFile, "path" | "sql">): Promise<unknown> {
  if (!(error instanceof GatebookError) || error.where?.file !== file.path) return error;
  const { excerpt } = await import("../../queries/catalog/query-problem.ts");
  const shown = excerpt(file.sql, error.where);
  if (shown === null) return error;
  const { code, message, where, hint } = error;
  const lines = [message, ...detailLines({ excerpt: shown })];
  return new GatebookError(code, lines.join("\n"), { where, hint, cause: error });
}
