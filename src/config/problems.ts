/** What is wrong in rollout.yaml, in the reader's words: zod's issues with the place of each, as one GatebookError. */
import type { z } from "zod";
import { formatPlace, GatebookError, type Place } from "../model/error.ts";
import { didYouMean } from "../model/suggest.ts";
import type { Path, Positions } from "./positions.ts";
import { found } from "./values.ts";

export interface Problem {
  readonly where: Place;
  readonly message: string;
  readonly hint?: string | undefined;
}

type Issue = z.core.$ZodIssue;

export interface YamlSource {
  /** The parsed file, before validation. */
  readonly value: object;
  readonly positions: Positions;
}

/** One problem per issue, and one per key where an issue lists several. What only follows from a misspelt key is none. */
export function problemsOf(issues: readonly Issue[], source: YamlSource): readonly Problem[] {
  return withoutFollowing(issues, source.value).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [problemOf(issue, source)];
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => ({
      where: source.positions.key([...issue.path, key]),
      message: `${messages[index]}${within(issue.path, source.value)}`,
    }));
  });
}

/**
 * In a mapping with an unknown key, the key that it was meant to be is not missing, and a rule about the whole mapping has not seen
 * what is meant.
 */
function withoutFollowing(issues: readonly Issue[], root: unknown): readonly Issue[] {
  const misspelt = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? [{ keys: issue.keys, path: issue.path }] : [],
  );
  const isOf = (mapping: Path, path: Path): boolean => mapping.join("\0") === path.join("\0");
  return issues.filter((issue) => {
    if (issue.code === "custom") return !misspelt.some(({ path }) => isOf(path, issue.path));
    const missing = issue.path.at(-1);
    if (typeof missing !== "string" || valueAt(root, issue.path) !== undefined) return true;
    return !misspelt.some(
      ({ keys, path }) =>
        isOf(path, issue.path.slice(0, -1)) && keys.some((key) => didYouMean(key, [missing]) !== null),
    );
  });
}

function problemOf(issue: Issue, source: YamlSource): Problem {
  const inner = deepest(issue);
  const last = inner.path.at(-1);
  if (inner.path.length > 0 && valueAt(source.value, inner.path) === undefined && inner.code !== "custom") {
    const parent = inner.path.slice(0, -1);
    const message = `"${String(last)}" is missing${within(parent, source.value)}`;
    return { where: source.positions.value(parent), message };
  }
  const params: Readonly<Record<string, unknown>> = (inner.code === "custom" && inner.params) || {};
  const atKey = params["at"] === "key" || inner.code === "invalid_key";
  const name = pathName(inner.path, source.value);
  const { message, hint } = describe(inner, source.value);
  return {
    where: atKey ? source.positions.key(inner.path) : source.positions.value(inner.path),
    message: name === "" ? message : `${name}: ${message}`,
    hint: typeof params["hint"] === "string" ? params["hint"] : hint,
  };
}

/** In a union, the branch that went further than the value's own type, e.g. the misspelt key in { value, env }. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().find(({ path }) => path.length > 0);
  return inner === undefined ? issue : deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function describe(issue: Issue, root: unknown): { readonly message: string; readonly hint?: string } {
  const value = valueAt(root, issue.path);
  switch (issue.code) {
    case "invalid_type": {
      const message = `expected ${WORDS[issue.expected] ?? issue.expected}, found ${found(value)}`;
      const quotable = issue.expected === "string" && ["number", "boolean"].includes(typeof value);
      return quotable ? { message, hint: `put it in quotes: "${value}"` } : { message };
    }
    case "too_small":
      // The only limit of a list is that it must not be empty.
      if (issue.origin === "array") return { message: "the list is empty" };
      return { message: `must be at least ${issue.minimum}, found ${found(value)}` };
    case "too_big":
      return { message: `must be at most ${issue.maximum}, found ${found(value)}` };
    case "invalid_key":
      return { message: issue.issues[0]?.message ?? issue.message };
    default:
      return { message: issue.message };
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/** `thresholds.ctr.drop`, and for items of a list that have a name, that: `gates.g10.exposure`. */
function pathName(path: Path, root: unknown): string {
  return path
    .map((step, index) => {
      if (typeof step !== "number") return String(step);
      const name = valueAt(root, [...path.slice(0, index + 1), "name"]);
      return typeof name === "string" && name !== "" ? name : `[${step}]`;
    })
    .join(".")
    .replaceAll(".[", "[");
}

function within(path: Path, root: unknown): string {
  const name = pathName(path, root);
  return name === "" ? "" : ` (in ${name})`;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<PropertyKey, unknown>>)[step]
        : undefined,
    root,
  );
}

/** All problems as one error: the first by place in `where`, the rest in the message. */
export function problemsError(problems: readonly Problem[], file: string): GatebookError {
  const sorted = [...problems].sort(
    (a, b) => (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0),
  );
  const parts = sorted.map(
    ({ message, where, hint }) => new GatebookError("config", message, { where, hint }),
  );
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const lines = sorted.map(
    ({ where, message, hint }) =>
      `  ${formatPlace(where)}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return new GatebookError("config", [`${sorted.length} mistakes in ${file}`, ...lines].join("\n"), {
    where: first?.where,
    parts,
  });
}
