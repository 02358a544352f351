/**
 * Tables in front of tables, as temporary tables and views of the same name. A layer over another one renames it: what lies below
 * the top layer is `temp."user_days below 1"`, and the stored table at the bottom keeps its name. Scratch tables are temporary, too.
 */
import type { Engine, Overlay, QueryFile, QueryOptions } from "../engine.ts";
import { sqlName } from "../sql-text.ts";

interface Run {
  readonly execute: (sql: string) => Promise<void>;
  readonly query: (file: QueryFile, options: QueryOptions) => Promise<unknown>;
}

type Layer = "TABLE" | "VIEW";

export function overlaysIn(
  database: string,
  { execute, query }: Run,
): Pick<Engine, "overlay" | "uncover" | "stored" | "scratch"> {
  const layers = new Map<string, readonly Layer[]>();
  const layersOf = (name: string): readonly Layer[] => layers.get(name) ?? [];
  const stored = (name: string): string => `${sqlName(database)}.main.${sqlName(name)}`;
  const lower = (name: string): string => `${name} below ${layersOf(name).length}`;
  const rename = (layer: Layer, from: string, to: string): Promise<void> =>
    execute(`ALTER ${layer} temp.${sqlName(from)} RENAME TO ${sqlName(to)}`);
  const create = async (overlay: Overlay, below: string): Promise<Layer> => {
    const { name, kind } = overlay;
    const layer = kind === "view" ? "VIEW" : "TABLE";
    const before = `CREATE TEMP ${layer} ${sqlName(name)} AS `;
    if (kind !== "file") await execute(before + (await overlay.select(below)));
    else {
      const { file, timeoutMs } = overlay;
      await query({ ...file, before: `${before}SELECT * FROM (`, after: ") AS overlaid" }, { timeoutMs });
    }
    return layer;
  };
  return {
    stored,
    scratch: async (name, rows) => {
      const before = `CREATE OR REPLACE TEMP TABLE ${sqlName(name)} AS `;
      if (typeof rows === "string") await execute(before + rows);
      else await query({ ...rows, before: before + (rows.before ?? "") }, { timeoutMs: rows.timeoutMs });
    },
    overlay: async (overlay) => {
      const { name } = overlay;
      const present = layersOf(name);
      const top = present.at(-1);
      if (top !== undefined) await rename(top, name, lower(name));
      try {
        const layer = await create(
          overlay,
          top === undefined ? stored(name) : `temp.${sqlName(lower(name))}`,
        );
        layers.set(name, [...present, layer]);
      } catch (error) {
        if (top !== undefined) await rename(top, lower(name), name);
        throw error;
      }
    },
    uncover: async (name) => {
      const top = layersOf(name).at(-1);
      if (top === undefined) return;
      await execute(`DROP ${top} temp.${sqlName(name)}`);
      layers.set(name, layersOf(name).slice(0, -1));
      const next = layersOf(name).at(-1);
      if (next !== undefined) await rename(next, lower(name), name);
    },
  };
}
