/** The workspace's `exports/`: only files that a sample wrote are ever replaced or removed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { GatebookError } from "../../model/error.ts";
import { dotenvPath, dumpPath } from "./settings.ts";

export const truthPath = "exports/truth.json";

/**
 * Makes room for a new sample: removes the files of the one before and notes those to come, so that a sample that was
 * interrupted can be made again. Throws GatebookError `usage` when `exports/` contains anything else.
 */
export function prepareExports(root: string, paths: readonly string[]): void {
  const former = formerFiles(root);
  const stranger = listFiles(join(root, "exports"))
    .map((file) => relative(root, file).replaceAll("\\", "/"))
    .find((file) => file !== truthPath && !former.includes(file));
  if (stranger !== undefined) {
    throw new GatebookError("usage", "exports/ contains files that no sample wrote", {
      where: { file: join(root, stranger) },
      hint: "move them away, or make the sample in a folder of its own: gatebook init DIR",
    });
  }
  for (const file of former) rmSync(join(root, file), { force: true });
  for (const folder of new Set(former.map((file) => dirname(join(root, file))))) removeEmpty(folder);
  writeExport(root, truthPath, `${JSON.stringify({ files: paths.map((path) => ({ path })) })}\n`);
}

export function writeExport(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Paths that the truth beside a former sample names, none outside `exports/`. */
function formerFiles(root: string): readonly string[] {
  let truth: unknown;
  try {
    truth = JSON.parse(readFileSync(join(root, truthPath), "utf8"));
  } catch {
    // No truth, or one that nobody can read: then no file is known to be a sample's.
    return [];
  }
  const files = typeof truth === "object" && truth !== null && "files" in truth ? truth.files : [];
  if (!Array.isArray(files)) return [];
  const written = files
    .map((file: unknown) => (typeof file === "object" && file !== null && "path" in file ? file.path : null))
    .filter((path): path is string => typeof path === "string")
    .filter((path) => path.startsWith("exports/") && !path.split("/").includes(".."));
  return [...written, dotenvPath, dumpPath];
}

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
