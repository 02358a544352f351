/** Templates of a workspace that no page ever takes in: neither in the place of a shipped one nor included by another of its own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { suggestion } from "../../model/suggest.ts";
import type { Finding } from "../../queries/validation/finding.ts";

/** `own` and `shipped` are the two folders `templates/`. */
export function unusedTemplates(own: string, shipped: string): readonly Finding[] {
  const known = templatesIn(shipped);
  const files = templatesIn(own);
  const included = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(own, file), "utf8").matchAll(/\{\{~?#?>\s*["']?([\w/-]+)/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  );
  const isUsed = (file: string) => known.includes(file) || included.has(basename(file, ".hbs"));
  return files
    .filter((file) => !isUsed(file))
    .map((file) => ({
      level: "warning",
      message: `no page uses this template${suggestion(file, known)}`,
      where: { file: `templates/${file}` },
      excerpt: null,
      hint: "a template takes the place of the shipped one of the same path, or is included as a partial",
    }));
}

/** Relative paths, `/` separated, in order: "html/partials/badge.hbs", "theme.css". */
function templatesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.(hbs|css)$/.test(path))
    .sort();
}
