/** DuckDB's exceptions (with `errors_as_json`) → GatebookErrors that point at the character. */
import { GatebookError, messageOf, type Place } from "../../model/error.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { QueryFile } from "../engine.ts";
import { EngineError } from "../engine-error.ts";
import { damagedFile, errorKind, isDamage } from "./error-kind.ts";

interface DuckDbException {
  readonly exception_type?: string;
  readonly exception_message?: string;
  readonly candidates?: string;
  readonly position?: string;
}

/** `Parser Error: {"exception_message": …}` → its parts; text that is no JSON stays the message. */
export function parseException(error: unknown): DuckDbException {
  const text = messageOf(error);
  const start = text.indexOf("{");
  const fields = start < 0 ? null : parseFields(text.slice(start));
  return fields ?? { exception_message: text };
}

function parseFields(json: string): DuckDbException | null {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== "object" || parsed === null || !("exception_message" in parsed)) return null;
    const texts = Object.entries(parsed).filter(([, value]) => typeof value === "string");
    return Object.fromEntries(texts);
  } catch {
    return null;
  }
}

/** What went wrong in an analyst's file, at file:line:col as far as DuckDB says where. */
export function queryError(error: unknown, file: QueryFile): GatebookError {
  if (error instanceof GatebookError) return error;
  const exception = parseException(error);
  const [first = "", ...rest] = (exception.exception_message ?? "").split("\n");
  // not the query's fault, and a store that is damaged may not be published
  if (isDamage(first)) return damagedFile(first, undefined, error);
  const offset = exception.position === undefined ? null : Number(exception.position);
  const reason = first.trim();
  return new EngineError("query", reason, {
    kind: errorKind(exception.exception_type, reason),
    reason,
    where: placeOf(file, offset),
    hint: columnHint(first, rest) ?? hintOf(rest, exception.candidates),
    cause: error,
  });
}

/** A UTF-8 byte offset into before + sql + after → line and column (in characters) of the file. */
export function placeOf(file: QueryFile, byteOffset: number | null): Place {
  if (byteOffset === null || !Number.isSafeInteger(byteOffset)) return { file: file.file };
  const bytes = Buffer.from(file.sql, "utf8");
  const offset = byteOffset - Buffer.byteLength(file.before ?? "", "utf8");
  if (offset < 0 || offset > bytes.length) return { file: file.file };
  const head = bytes.subarray(0, offset).toString("utf8");
  const lineStart = head.lastIndexOf("\n") + 1;
  return { file: file.file, line: head.split("\n").length, column: [...head.slice(lineStart)].length + 1 };
}

/** `Candidate bindings: "clicks", "saves"` → the one that was meant, where one is near; else all of them. */
function columnHint(message: string, lines: readonly string[]): string | undefined {
  const listed = lines.find((line) => line.trim().startsWith("Candidate bindings: "));
  if (listed === undefined) return undefined;
  const names = [...listed.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const typed = /"([^"]+)"/.exec(message)?.[1] ?? "";
  const meant = didYouMean(typed, names);
  return meant === null ? `there are ${names.join(", ")}` : `did you mean "${meant}"?`;
}

function hintOf(lines: readonly string[], candidates: string | undefined): string | undefined {
  const given = lines.map((line) => line.trim()).filter((line) => /\w/.test(line));
  if (given.length > 0) return given.slice(0, 2).join(" ");
  return candidates === undefined ? undefined : `did you mean ${candidates}?`;
}
