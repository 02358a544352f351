/** One new file in `queries/` that passes `gatebook check` unedited. It changes no file that is there. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileReason, GatebookError } from "../model/error.ts";
import { type DraftKind, draftOf, type MetricShape, queryPath } from "./query-drafts.ts";

export interface NewQuery {
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly kind: DraftKind;
  readonly name: string;
  readonly shape: MetricShape;
  /** Names that mean something else, each with what: { user_days: "queries/relations/user_days.sql" } */
  readonly taken: ReadonlyMap<string, string>;
  /** Shipped files that the workspace uses only as long as it has no folder of this kind: they are copied into it. */
  readonly inherited: readonly NewFile[];
}

export interface NewFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly text: string;
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** The paths written, the new file first. Throws GatebookError `usage` when the name is bad or taken; then nothing is written. */
export function writeNewQuery(query: NewQuery): readonly [string, ...string[]] {
  const { root, kind, name, shape, inherited } = query;
  refuseName(query);
  const path = queryPath(kind, name);
  const files = [...inherited, { path, text: draftOf(kind, name, shape) }];
  for (const file of files) write(join(root, file.path), file.text);
  return [path, ...inherited.map((file) => file.path)];
}

/** The path written. Throws GatebookError `usage` when the file is there already. */
export function writeStaging(root: string, name: string, text: string): string {
  const path = `queries/sources/${name}.sql`;
  write(join(root, path), text);
  return path;
}

function refuseName({ kind, name, taken }: NewQuery): void {
  if (!NAME.test(name)) {
    const better = properName(name);
    throw new GatebookError("usage", `"${name}" cannot be the name of a ${kind}`, {
      hint: `use lower-case letters, digits and _, a letter first${better === null ? "" : `, e.g. ${better}`}`,
    });
  }
  const owner = taken.get(name);
  if (owner === undefined) return;
  throw new GatebookError("usage", `the name "${name}" is taken by ${owner}`, {
    hint: "a name means one thing in all folders of queries; choose another one",
  });
}

/** "Deep-Scroll share.sql" → "deep_scroll_share"; null when nothing is left of it. */
function properName(name: string): string | null {
  const proper = name
    .replace(/\.sql$/i, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  return NAME.test(proper) ? proper : null;
}

/** Fails rather than overwrite: the name may have been taken since it was looked up. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    const reason = fileReason(error);
    throw new GatebookError("usage", `the file cannot be written: ${reason}`, {
      where: { file },
      cause: error,
    });
  }
}
