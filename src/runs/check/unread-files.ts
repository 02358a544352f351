/** Files in the folders of queries that gatebook passes over: "ctr.sql.txt" or "ctr.slq" is a metric that nobody measures. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { kindFolders } from "../../queries/catalog/catalog-files.ts";
import type { Finding } from "../../queries/validation/finding.ts";

/** Prose, and what editors leave behind. */
const PASSED = /\.(md|bak|orig|swp)$|~$|^#.*#$|^\./i;

export function unreadFiles(root: string): readonly Finding[] {
  return Object.values(kindFolders).flatMap((name) => {
    const folder = join(root, "queries", name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) => !entry.isDirectory() && !/\.(sql|vl\.json)$/i.test(entry.name) && !PASSED.test(entry.name),
      )
      .map((entry) => entry.name)
      .sort()
      .map((file) => ({
        level: "warning",
        message: "gatebook does not read this file",
        where: { file: `queries/${name}/${file}` },
        excerpt: null,
        hint: "a query ends in .sql, the chart of a cell in .vl.json, prose in .md",
      }));
  });
}
