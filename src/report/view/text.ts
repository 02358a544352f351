/** Text that comes from data, made harmless to read: nothing invisible, nothing that moves the cursor or turns the line. */

import { formatPlace } from "../../model/error.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { DeepReadonly } from "../../model/schema/values.ts";
import type { Scalar } from "../../model/words.ts";
import { invisible, spelledOut } from "../../text/invisible.ts";
import { countText, roundedText } from "../../text/numbers.ts";

/** What a function of the view makes, read-only: the shape is written once, where it is filled. */
export type Made<Make extends (...given: never) => unknown> = DeepReadonly<NonNullable<ReturnType<Make>>>;

/** U+0007 → "␇", other invisible characters → "\u202e" spelled out. */
export function visible(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 32) return String.fromCodePoint(0x2400 + code);
    return code === 127 ? "␡" : spelledOut(character);
  });
}

/** Every string of a view made `visible`; keys, numbers and shapes stay. */
export function visibleView<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapped(entry)]));
}

/** An id usable in a URL fragment: `anchor("metric", "ctr")` → "metric-ctr". */
export function anchor(kind: string, name: string): string {
  return `${kind}-${slug(name)}`;
}

/** A name as part of a fragment or a file's name. */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]+/g, "-");
}

/** A check's observed or expected value, whose unit nobody declared: 0.1003 → "0.1003", 12000 → "12,000". */
export function scalarText(value: Scalar): string {
  if (value === null) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return countText(value);
  return roundedText(value, 4);
}

export interface ErrorView extends Made<typeof errorView> {}

/** `place` is "queries/metrics/ctr.sql:4:12", `excerpt` the source line and a caret under the character. */
export function errorView(error: QueryError | null) {
  if (error === null) return null;
  const { file, line, column, message, excerpt, hint } = error;
  const place = formatPlace({ file, line: line ?? undefined, column: column ?? undefined });
  return { message, place, excerpt, hint };
}
