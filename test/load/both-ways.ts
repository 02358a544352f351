/** The same files loaded twice: together where they may be, and each by itself. */
import { expect } from "vitest";
import { allTables } from "./tables.ts";
import { row, source, type Workspace, workspace } from "./workspace.ts";

export const feed = [source("feed", "exports/**/*")];
export const at = (day: number, n: number): string => row(n, { at: `2026-02-0${day}T10:00:00Z` });

export type Files = Readonly<Record<string, string | Buffer>>;

export function filled(files: Files): Workspace {
  const space = workspace();
  for (const [name, content] of Object.entries(files)) space.write(`exports/${name}`, content);
  return space;
}

/** The tables of a night that reads files together, and those of one that does not, and the files that were told. */
export async function bothWays(files: Files) {
  const [first, second] = await Promise.all(
    [false, true].map(async (alone) => {
      const told: string[] = [];
      const space = filled(files);
      const tables = await space.night(
        feed,
        async ({ engine, summary }): Promise<Readonly<Record<string, readonly unknown[]>>> => ({
          ...(await allTables(engine)),
          loads: await engine.rows("SELECT * EXCLUDE (modified_at) FROM loads ORDER BY source, file"),
          dirty: summary.dirtyDates,
          present: [...summary.presentColumns].sort(),
          checks: summary.checks,
        }),
        { alone, afresh: true, onFile: (file) => told.push(file) },
      );
      return { told, tables };
    }),
  );
  if (first === undefined || second === undefined) throw new Error("two nights");
  expect(first.tables).toEqual(second.tables);
  return { told: first.told, alone: second.told, tables: first.tables };
}
