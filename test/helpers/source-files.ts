/** The files below src/ and what each imports, for the tests that look at the source as a whole. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const source = resolve(import.meta.dirname, "../../src");

export interface Import {
  readonly file: string;
  readonly target: string;
}

/** Paths relative to src/, `/` separated. */
export const files: readonly string[] = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.split("\\").join("/"));

export function text(file: string): string {
  return readFileSync(join(source, file), "utf8");
}

export const imports: readonly Import[] = files.flatMap((file) =>
  [
    ...text(file).matchAll(
      /^(?:import|export) [^="]*?from "([^"\n]+)";$|^\} from "([^"\n]+)";$|\bimport\("([^"\n]+)"\)/gm,
    ),
  ].map((match) => ({ file, target: match[1] ?? match[2] ?? match[3] ?? "" })),
);

/** Where a relative import leads, as a path below src/; null for a library and for what lies outside. */
export function within(file: string, target: string): string | null {
  if (!target.startsWith(".")) return null;
  const path = relative(source, resolve(source, dirname(file), target))
    .split("\\")
    .join("/");
  return path.startsWith("..") ? null : path;
}
