/** Files of a workspace that gatebook never reads: in the folders of queries, and among the templates. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { suggestion } from "../../model/suggest.ts";
import { kindFolders } from "../../queries/catalog/catalog-files.ts";
import type { Finding } from "../../queries/validation/finding.ts";

/** Prose, and what editors leave in a folder. */
const IGNORED = /\.(md|bak|orig|swp)$|~$|^#.*#$|^\./i;

/** "ctr.sql.txt" or "ctr.slq" is a metric that nobody measures. */
export function unreadFiles(root: string): readonly Finding[] {
  const hint = "a query ends in .sql, the chart of a cell in .vl.json, prose in .md";
  return Object.values(kindFolders).flatMap((name) => {
    const folder = join(root, "queries", name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .filter((file) => !/\.(sql|vl\.json)$/i.test(file) && !IGNORED.test(file))
      .sort()
      .map((file) => warning(`queries/${name}/${file}`, "gatebook does not read this file", hint));
  });
}

/** Neither in the place of a shipped template nor included by another one. `own` and `shipped` are the two folders `templates/`. */
export function unusedTemplates(own: string, shipped: string): readonly Finding[] {
  const known = templatesIn(shipped);
  const files = templatesIn(own);
  const texts = files.map((file) => readFileSync(join(own, file), "utf8"));
  const included = texts.flatMap((text) =>
    [...text.matchAll(/\{\{~?#?>\s*["']?([\w/-]+)/g)].map(([, name]) => name),
  );
  const hint = "a template takes the place of the shipped one of the same path, or is included as a partial";
  return files
    .filter((file) => !known.includes(file) && !included.includes(basename(file, ".hbs")))
    .map((file) =>
      warning(`templates/${file}`, `no page uses this template${suggestion(file, known)}`, hint),
    );
}

function warning(file: string, message: string, hint: string): Finding {
  return { level: "warning", message, where: { file }, excerpt: null, hint };
}

/** Relative paths, `/` separated, in order: "html/partials/badge.hbs", "theme.css". */
function templatesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.(hbs|css)$/.test(path))
    .sort();
}
