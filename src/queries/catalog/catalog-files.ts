/** Which files are in `queries/`, and which of them cannot be what they are meant to be by their name alone. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { GatebookError } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import { type QueryKind, queryKinds } from "./header.ts";

export interface FoundFile {
  readonly kind: QueryKind;
  readonly name: string;
  readonly extension: ".sql" | ".vl.json";
  /** Relative to `root`, `/` separated. */
  readonly path: string;
  readonly root: string;
  /** Taken from the package. */
  readonly isShipped: boolean;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly problems: readonly GatebookError[];
}

/** In the order in which they are run. */
export const kindFolders: Readonly<Record<QueryKind, string>> = {
  source: "sources",
  relation: "relations",
  dimension: "dimensions",
  metric: "metrics",
  check: "checks",
  cell: "cells",
};
const NAME = /^[a-z][a-z0-9_]*$/;

/** Sorted by kind and name. A folder that `root` lacks is taken from `fallbackRoot`; of relations, each file that it lacks. */
export function findFiles(root: string, fallbackRoot: string | undefined): FoundFiles {
  const found = queryKinds.map((kind) => {
    const own = listFolder(kind, root, false);
    if (fallbackRoot === undefined) return own;
    if (!existsSync(join(root, "queries", kindFolders[kind]))) return listFolder(kind, fallbackRoot, true);
    return kind === "relation" ? withMissing(own, listFolder(kind, fallbackRoot, true)) : own;
  });
  return {
    files: found.flatMap(({ files }) => files),
    problems: [...strayFolders(root), ...found.flatMap(({ problems }) => problems)],
  };
}

function withMissing(own: FoundFiles, shipped: FoundFiles): FoundFiles {
  const names = new Set(own.files.map(({ name }) => name));
  const missing = shipped.files.filter(({ name }) => !names.has(name));
  const files = [...own.files, ...missing].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { files, problems: own.problems };
}

function listFolder(kind: QueryKind, root: string, isShipped: boolean): FoundFiles {
  const files: FoundFile[] = [];
  const problems: GatebookError[] = [];
  for (const entry of entries(join(root, "queries", kindFolders[kind]))) {
    const path = `queries/${kindFolders[kind]}/${entry.name}`;
    const refuse = (message: string, hint: string) => problems.push(fileProblem(path, message, hint));
    const extension = /(\.sql|\.vl\.json)$/i.exec(entry.name)?.[0] ?? "";
    const name = entry.name.slice(0, entry.name.length - extension.length);
    if (entry.isDirectory) {
      refuse("queries are not read from subfolders", `move its files to queries/${kindFolders[kind]}`);
    } else if (extension === "") {
      // README.md, editors' backups: not ours to judge.
    } else if (extension !== ".sql" && extension !== ".vl.json") {
      refuse(`the ending ${extension} is not lower case`, `rename it to ${name}${extension.toLowerCase()}`);
    } else if (!NAME.test(name)) {
      refuse(
        `"${name}" cannot be the name of a ${kind}`,
        "use lower-case letters, digits and _, a letter first",
      );
    } else files.push({ kind, name, extension, path, root, isShipped });
  }
  return { files, problems };
}

/** `queries/metric/` would be ignored silently. */
function strayFolders(root: string): readonly GatebookError[] {
  const known = Object.values(kindFolders);
  return entries(join(root, "queries"))
    .filter((entry) => (entry.isDirectory || entry.name.endsWith(".sql")) && !known.includes(entry.name))
    .map((entry) => {
      const message = entry.isDirectory
        ? `"${entry.name}" is not a folder of queries${suggestion(entry.name, known)}`
        : "the file is outside the folders of queries";
      return fileProblem(`queries/${entry.name}`, message, `queries are kept in ${known.join(", ")}`);
    });
}

/** Of the file as a whole, its name or its place. */
export function fileProblem(file: string, message: string, hint: string): GatebookError {
  return new GatebookError("config", message, { where: { file }, hint });
}

/** By name in code-unit order, the same on every machine; hidden files are not ours. */
function entries(folder: string): readonly { readonly name: string; readonly isDirectory: boolean }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
