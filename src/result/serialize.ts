/**
 * Result ↔ the text of `result.json`. Out: keys in the order of the schema, so that equal results are equal bytes. In: checked
 * to the last key, or a GatebookError of code "input". The disk is not read (read-result.ts does).
 */
import type { z } from "zod";
import { GatebookError, messageOf } from "../model/error.ts";
import type { NightResult, Result } from "../model/result.ts";
import { nightSchema, resultSchema } from "../model/schema/result.ts";
import { SCHEMA_VERSION, schemaVersions } from "../model/schema/version.ts";

/** How many mistakes are listed before the rest is only counted. */
const LISTED = 5;

export const HINT = "gatebook run writes result.json to reports/ROLLOUT/DATE/";

/** Two spaces of indent, a line break at the end. Throws a GatebookError of code "store". */
export function serializeResult(result: Result): string {
  assertJsonSafe(result);
  const parsed = resultSchema.safeParse(result);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) throw unwritable(issue.path, issue.message);
  return `${JSON.stringify(inOrder(parsed.data ?? result), null, 2)}\n`;
}

/** Maps with open keys have no order in the schema: theirs is alphabetical. */
function inOrder(result: Result): Result {
  return {
    ...result,
    loads: result.loads.map((load) => ({ ...load, rejectedByReason: sorted(load.rejectedByReason) })),
    provenance: { ...result.provenance, queries: sorted(result.provenance.queries) },
  };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `file` is for messages. */
export function parseResult(text: string, file = "result.json"): Result {
  return parseBy(resultSchema, text, file);
}

/** What the index needs of a result: a night whose other parts are damaged keeps its place there. */
export function parseNight(text: string, file = "result.json"): NightResult {
  return parseBy(nightSchema, text, file);
}

function parseBy<Parsed>(schema: z.ZodType<Parsed>, text: string, file: string): Parsed {
  const value = parseJson(text, file);
  checkVersion(value, file);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const lines = issues.slice(0, LISTED).map((issue) => `${pathText(issue.path)}: ${inWords(issue)}`);
  if (issues.length > LISTED) lines.push(`and ${issues.length - LISTED} more`);
  throw new GatebookError("input", `not a whole result: ${lines.join("; ")}`, {
    where: { file },
    hint: HINT,
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatebookError("input", `not JSON: ${messageOf(cause)}`, { where: { file }, hint: HINT, cause });
  }
}

function checkVersion(value: unknown, file: string): void {
  const version =
    typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : undefined;
  if (schemaVersions.some((known) => known === version)) return;
  const where = { file };
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    const message = `schemaVersion ${version} was written by a newer gatebook; this one reads ${SCHEMA_VERSION}`;
    throw new GatebookError("input", message, { where, hint: "update gatebook" });
  }
  throw new GatebookError("input", `not a result of gatebook: schemaVersion ${SCHEMA_VERSION} is missing`, {
    where,
    hint: HINT,
  });
}

/** zod writes `Invalid input: expected number, received string`. */
function inWords(issue: z.core.$ZodIssue): string {
  return issue.message
    .replace(/^Invalid (input|option): /, "")
    .replace(", received undefined", ", it is missing")
    .replace(", received ", ", found ");
}

/**
 * Rejects, with its path, what JSON would change silently: NaN, Infinity, undefined, BigInt, dates. Throws a GatebookError of
 * code "store".
 */
function assertJsonSafe(value: unknown, path: PropertyKey[] = []): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw unwritable(path, `${value} is not JSON: write null and a word instead`);
    return;
  }
  if (typeof value !== "object" || !(Array.isArray(value) || isPlain(value))) {
    throw unwritable(path, `${nameOf(value)} is not JSON`);
  }
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    path.push(key);
    assertJsonSafe(item, path);
    path.pop();
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

function unwritable(path: readonly PropertyKey[], message: string): GatebookError {
  return new GatebookError("store", `result.json cannot be written: ${pathText(path)}: ${message}`, {
    hint: "this is a fault of gatebook, not of the data: please report it",
  });
}

/** pathText(["metrics", 0, "delta"]) = "metrics[0].delta" */
function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return steps.join("").replace(/^\./, "") || "the whole";
}
