/** What JSON would change without a word is refused with its path: NaN, Infinity, undefined, BigInt, dates. */
import { GatebookError } from "../model/error.ts";
import { pathText } from "./path-text.ts";

/** Walks a whole value; throws a GatebookError of code "store". */
export function assertJsonSafe(value: unknown, path: readonly PropertyKey[] = []): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw unwritable(path, `${value} has no place in JSON: null and a word instead`);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertJsonSafe(item, [...path, index]);
    return;
  }
  if (typeof value !== "object" || !isPlain(value)) {
    throw unwritable(path, `${nameOf(value)} has no place in JSON`);
  }
  for (const [key, item] of Object.entries(value)) assertJsonSafe(item, [...path, key]);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

export function unwritable(path: readonly PropertyKey[], message: string): GatebookError {
  return new GatebookError("store", `result.json cannot be written: ${pathText(path)}: ${message}`, {
    hint: "this is a fault of gatebook, not of the data: please report it",
  });
}
