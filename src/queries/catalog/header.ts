/**
 * The `-- @key value` lines at the head of a SQL file. In: its text. Out: the header with every default filled in, and all that is
 * wrong with it, at file:line:col. It never looks at the SQL below; thresholds and roles are in rollout.yaml.
 */
import { GatebookError } from "../../model/error.ts";
import type { QueryProvenance } from "../../model/result.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { Better, CheckEffect, Denominator, Unit } from "../../model/words.ts";
import { type HeaderLine, readHeaderLines } from "./header-lines.ts";
import { type HeaderField, headerValues } from "./header-values.ts";

export type QueryKind = QueryProvenance["kind"];

export interface Header {
  readonly title: string;
  readonly description: string;
  readonly owner: string | null;
  /** Columns of events that the file cannot do without. */
  readonly requires: readonly string[];
  /** Metrics. */
  readonly unit: Unit;
  readonly better: Better;
  readonly denominator: Denominator;
  /** What the numerator counts, plural: "clicks"; null: events. */
  readonly numerator: string | null;
  /** Makes a metric a concentration: how many of the heaviest keys. */
  readonly top: number | null;
  /** Checks. */
  readonly effect: CheckEffect;
  /** Cells: `@unit column unit`. */
  readonly columnUnits: ReadonlyMap<string, Unit>;
  /** Cells: the shorthand and its place. */
  readonly chart: HeaderLine | null;
  /** All keys as they are in the file, for messages. */
  readonly lines: readonly HeaderLine[];
}

/** Which keys a kind of file may have, and the field each fills: a cell's @unit names a column, a metric's does not. */
const named = (...fields: readonly HeaderField[]): Readonly<Record<string, HeaderField>> =>
  Object.fromEntries(fields.map((field) => [field, field]));
const common = named("title", "description", "owner", "requires");
const keysByKind: Readonly<Record<QueryKind, Readonly<Record<string, HeaderField>>>> = {
  source: common,
  relation: common,
  dimension: common,
  metric: { ...common, ...named("unit", "better", "numerator", "denominator", "top") },
  check: { ...common, ...named("effect") },
  cell: { ...common, unit: "columnUnits", ...named("chart") },
};
export const queryKinds: readonly QueryKind[] = [
  "source",
  "relation",
  "dimension",
  "metric",
  "check",
  "cell",
];

/** Reads the header of one file; `path` is for messages. */
export function parseHeader(
  kind: QueryKind,
  name: string,
  path: string,
  sql: string,
): { readonly header: Header; readonly problems: readonly GatebookError[] } {
  const { keys, prose, stray } = readHeaderLines(sql);
  const problems = [
    ...stray.flatMap((line) => strayKey(path, line)),
    ...keys.flatMap((line, index) => misplacedKey(kind, path, line, keys.slice(0, index))),
  ];
  const good = new Map<HeaderField, string[]>();
  for (const line of keys) {
    const field = keysByKind[kind][line.key];
    if (field === undefined) continue;
    const complaint = headerValues.complaint(field, line.value);
    if (complaint === null) good.set(field, [...(good.get(field) ?? []), line.value]);
    else problems.push(problemAt(path, line, line.valueColumn, `@${line.key}: ${complaint}`));
  }
  const values = headerValues.read(good);
  const header: Header = {
    title: values.title ?? titleOf(name),
    description: values.description ?? prose,
    owner: values.owner ?? null,
    requires: values.requires ?? [],
    unit: values.unit ?? "percent",
    better: values.better ?? "neither",
    denominator: values.denominator ?? "impressions",
    numerator: values.numerator ?? null,
    top: values.top ?? null,
    effect: values.effect ?? "block",
    columnUnits: new Map(values.columnUnits ?? []),
    chart: values.chart === undefined ? null : (keys.find((line) => line.key === "chart") ?? null),
    lines: keys,
  };
  return { header, problems };
}

function strayKey(path: string, line: HeaderLine): readonly GatebookError[] {
  if (!queryKinds.some((kind) => line.key in keysByKind[kind])) return [];
  const message = `@${line.key} is below the query's first line`;
  return [problemAt(path, line, line.column, message, "header lines come first, above SELECT or WITH")];
}

/** Unknown here, or given twice. */
function misplacedKey(
  kind: QueryKind,
  path: string,
  line: HeaderLine,
  before: readonly HeaderLine[],
): readonly GatebookError[] {
  const field = keysByKind[kind][line.key];
  if (field === undefined) {
    return [problemAt(path, line, line.column, `unknown header key @${line.key}`, keyHint(kind, line.key))];
  }
  const twice = before.find((other) => other.key === line.key);
  if (twice === undefined || field === "columnUnits") return [];
  const message = `@${line.key} is given twice, first in line ${twice.line}`;
  return [problemAt(path, line, line.column, message, "keep one of the two")];
}

function keyHint(kind: QueryKind, key: string): string {
  const homes = queryKinds.filter((other) => key in keysByKind[other]);
  if (homes.length > 0) return `@${key} belongs to a ${homes.join(" or ")}, this is a ${kind}`;
  const known = Object.keys(keysByKind[kind]);
  const meant = didYouMean(key, known);
  return meant === null
    ? `a ${kind} has ${known.map((word) => `@${word}`).join(" ")}`
    : `did you mean @${meant}?`;
}

function problemAt(
  path: string,
  line: HeaderLine,
  column: number,
  message: string,
  hint?: string,
): GatebookError {
  return new GatebookError("config", message, { where: { file: path, line: line.line, column }, hint });
}

/** top_author_share → Top author share */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
