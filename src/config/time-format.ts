/** `time_format` and `date_format` of a source: a word, or patterns of strptime. */
import { z } from "zod";
import { listText } from "../text/words.ts";
import { found } from "./values.ts";

const words = ["iso", "epoch_seconds", "epoch_millis", "epoch_micros", "epoch_nanos"] as const;
const example = "%m/%d/%Y";

/** A pattern comes out as a list, as several do. */
export function timeFormat() {
  const expected = `${listText(words, "or")}, or a pattern such as "${example} %H:%M"`;
  return z
    .union([z.enum(words), patternText(), z.array(patternText()).min(1)], {
      error: ({ input }) => `expected ${expected}, found ${found(input)}`,
    })
    .superRefine((written, context) => {
      if (!isWord(written)) checkPatterns(written, expected, context);
    })
    .transform((written) => (isWord(written) || typeof written !== "string" ? written : [written]));
}

export function datePatterns() {
  const expected = `a pattern such as "${example}"`;
  return z
    .union([patternText(), z.array(patternText()).min(1)], {
      error: ({ input }) => `expected ${expected}, found ${found(input)}`,
    })
    .superRefine((written, context) => checkPatterns(written, expected, context))
    .transform((written) => (typeof written === "string" ? [written] : written));
}

/** The rule is for the JSON Schema; here `checkPatterns` says what is wrong. */
function patternText() {
  return z.string().meta({ pattern: "%" });
}

function isWord(written: string | readonly string[]): written is (typeof words)[number] {
  return words.some((word) => word === written);
}

function checkPatterns(
  written: string | readonly string[],
  expected: string,
  context: z.RefinementCtx,
): void {
  for (const pattern of typeof written === "string" ? [written] : written) {
    const trouble = pattern.includes("%")
      ? patternTrouble(pattern)
      : { message: `expected ${expected}, found ${found(pattern)}` };
    if (trouble !== null) context.addIssue({ code: "custom", ...trouble });
  }
}

/** What the engine's strptime knows. */
const specifiers = /^%(-[dmyHIMSj]|[aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%])/;
const day = /%-?[dj]|%[xc]/;

function patternTrouble(pattern: string): { readonly message: string; readonly params?: object } | null {
  const unknown = [...pattern.matchAll(/%%|%-?.?/gsu)].find(([specifier]) => !specifiers.test(specifier));
  if (unknown !== undefined) {
    const hint = unknown[0] === "%s" ? "seconds since 1970 are epoch_seconds" : `e.g. "${example} %H:%M:%S"`;
    return { message: `"${pattern}" has ${unknown[0]}, which strptime does not know`, params: { hint } };
  }
  if (day.test(pattern.replaceAll("%%", ""))) return null;
  return { message: `"${pattern}" names no day`, params: { hint: `e.g. "${example} %H:%M:%S"` } };
}
