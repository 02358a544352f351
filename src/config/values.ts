/**
 * The kinds of value in `rollout.yaml`, as zod schemas: mappings that reject misspelt keys, shares, names, time
 * zones. Messages name what was expected and what was found; `problems.ts` adds the place.
 */

import { z } from "zod";
import { PERCENT, readShare } from "../model/share.ts";
import { didYouMean, suggestion } from "../model/suggest.ts";
import { lineText } from "../text/numbers.ts";
import { listText } from "../text/words.ts";

/** A mapping whose keys are exactly those of `shape`. Its message has one line per unknown key, in the order of `keys`. */
export function mapping<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `unknown key "${key}"${suggestion(key, known)}`).join("\n")
        : undefined,
  });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, {
    error: ({ input }) =>
      `expected ${listText(words, "or")}, found ${found(input)}${typeof input === "string" ? suggestion(input, words) : ""}`,
  });
}

/** `3%` or `0.03` → 0.03. `most` is the largest share allowed, `zero` whether none at all is. */
export function fraction(limits: FractionLimits = {}) {
  return z
    .union([z.string().meta({ pattern: PERCENT.source }), z.number()], {
      error: ({ input }) => `expected ${FRACTION}, found ${found(input)}`,
    })
    .transform((written, context) => {
      const value =
        typeof written === "number" ? written : PERCENT.test(written) ? readShare(written) : Number.NaN;
      const trouble = fractionTrouble(written, value, limits);
      if (trouble === null) return value;
      context.addIssue({ code: "custom", message: trouble.message, params: { hint: trouble.hint } });
      return z.NEVER;
    });
}

interface FractionLimits {
  readonly most?: number;
  readonly zero?: boolean;
}

const FRACTION = "a fraction such as 3% or 0.03";

function fractionTrouble(
  written: string | number,
  value: number,
  { most = Number.POSITIVE_INFINITY, zero = false }: FractionLimits,
): { readonly message: string; readonly hint?: string } | null {
  if (Number.isNaN(value)) return { message: `expected ${FRACTION}, found ${found(written)}` };
  if (typeof written === "number" && written >= 1) {
    const all = written === 1 ? "; all of it is 100%" : "";
    return { message: `${written} is not a fraction`, hint: `${written} probably means ${written}%${all}` };
  }
  if (value < 0)
    return { message: `${written} is negative`, hint: "write the size of the change: 3%, not -3%" };
  if (value === 0 && !zero) return { message: "must be more than 0%" };
  if (value > most) return { message: `must be at most ${lineText(most)}, found ${written}` };
  return null;
}

/** Text that fits `pattern`; `rule` says in words what that is. */
export function text(pattern = /\S/, rule = ""): z.ZodString {
  return z.string().regex(pattern, {
    error: ({ input }) => (String(input).trim() === "" ? "must not be empty" : `${found(input)} ${rule}`),
  });
}

/** One text or a list of at least one: always a list afterwards. */
export function oneOrMore(what: string) {
  return z
    .union([text(), z.array(text()).min(1)], {
      error: ({ input }) => `expected ${what} or a list of them, found ${found(input)}`,
    })
    .transform((value) => (typeof value === "string" ? [value] : value));
}

const UNITS: readonly string[] = ["B", "KB", "MB", "GB", "TB"];

/** `500MB` or `4 GB` → bytes, by thousands as in --memory-limit. */
export function size() {
  return z
    .string({ error: ({ input }) => `expected a size such as 500MB or 4GB, found ${found(input)}` })
    .transform((written, context) => {
      const [, amount, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)\s*$/i.exec(written) ?? [];
      const bytes = Math.round(Number(amount) * 1000 ** UNITS.indexOf(unit.toUpperCase()));
      if (bytes > 0) return bytes;
      context.addIssue({
        code: "custom",
        message: `expected a size such as 500MB or 4GB, found ${found(written)}`,
      });
      return z.NEVER;
    });
}

export function wholeNumber(least: number) {
  return z.int().min(least);
}

/** An IANA zone that this machine knows. */
export function timeZone() {
  return z.string().refine(isTimeZone, {
    error: ({ input }) => {
      const meant = didYouMean(String(input), Intl.supportedValuesOf("timeZone"));
      const hint = meant === null ? ", such as UTC or Europe/Berlin" : `; did you mean "${meant}"?`;
      return `${found(input)} is not an IANA time zone${hint}`;
    },
  });
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are accepted by newer JavaScript engines and rejected by DuckDB.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is in the file, in words: `the number 3`, `the text "3 percent"`, `a list`. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return value === "" ? "empty text" : `"${value}"`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `${value}`;
  return Array.isArray(value) ? "a list" : "a mapping";
}
