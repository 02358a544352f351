/**
 * Two results, or parts of them, compared to the last digit. In: what was recorded and what came out now. Out:
 * every place where they differ, named as a reader finds it in result.json. Nothing is rounded and nothing is forgiven but
 * what is excluded by name.
 */

export interface Difference {
  /** e.g. `metrics[ctr].observation.delta`; an item of a list goes by its name or date. */
  readonly path: string;
  /** As JSON; null: there is no such value. */
  readonly recorded: string | null;
  readonly replayed: string | null;
}

/** Fields that depend on the clock of the run, `[]` for any item: no two runs agree in them. */
export const CLOCK_FIELDS: readonly string[] = [
  "cells[].durationMs",
  "preflight[].ageHours",
  "provenance.durationMs",
  "provenance.generatedAt",
  "provenance.stages",
];

/** In their order. `excluded` are paths from the top, as in CLOCK_FIELDS. */
export function differencesOf(
  recorded: unknown,
  replayed: unknown,
  excluded: readonly string[] = [],
): readonly Difference[] {
  const skip = new Set(excluded);
  const walk = (before: unknown, after: unknown, at: PathStep): readonly Difference[] => {
    if (skip.has(at.pattern) || before === after) return [];
    if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after)) {
      return [{ path: at.path, recorded: jsonOf(before), replayed: jsonOf(after) }];
    }
    return keysOf(before, after).flatMap((key) =>
      walk(before[key], after[key], stepInto(at, key, before[key] ?? after[key], Array.isArray(before))),
    );
  };
  return walk(recorded, replayed, { path: "", pattern: "" });
}

interface PathStep {
  readonly path: string;
  /** The path with `[]` for every item. */
  readonly pattern: string;
}

type Nested = Readonly<Record<string, unknown>>;

function isNested(value: unknown): value is Nested {
  return typeof value === "object" && value !== null;
}

function keysOf(before: Nested, after: Nested): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function stepInto({ path, pattern }: PathStep, key: string, value: unknown, isItem: boolean): PathStep {
  if (isItem) return { path: `${path}[${nameOf(value) ?? key}]`, pattern: `${pattern}[]` };
  // A file's path has dots of its own: provenance.queries[queries/metrics/ctr.sql].sql
  if (!/^\w+$/.test(key)) return { path: `${path}[${key}]`, pattern: `${pattern}[]` };
  const dot = path === "" ? "" : ".";
  return { path: `${path}${dot}${key}`, pattern: `${pattern}${dot}${key}` };
}

const NAMES = ["name", "date", "key", "rule", "file", "subject"] as const;

function nameOf(value: unknown): string | null {
  if (!isNested(value)) return null;
  const name = NAMES.map((key) => value[key]).find((text) => typeof text === "string");
  if (typeof name === "string") return name;
  return "definition" in value ? nameOf(value["definition"]) : null;
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
