/**
 * What names mean. Trino has no temporary tables and views: a WITH in front of each statement says what `user_days` is, layer upon
 * layer: at the bottom what was mounted or is scratch, above it the overlays. Only what a statement names is put in front of it.
 */
import { sqlName } from "../sql-text.ts";
import { type Pieces, slice, textOf } from "./pieces.ts";
import { tablesNamed, tablesRead, type WithPart, withList } from "./with-list.ts";

export interface Layer {
  readonly select: string;
  /** The table of this session that is behind it; null: none. */
  readonly table: string | null;
}

/** One entry of a WITH. */
export interface Meaning {
  readonly name: string;
  /** The name as written, with a list of columns; not given: the name, quoted. */
  readonly head?: string | undefined;
  readonly select: Pieces;
}

export interface Layers {
  readonly names: () => ReadonlySet<string>;
  /** Replaces the lowest layer, or takes it away; gives back what was there. */
  readonly setBottom: (name: string, layer: Layer | null) => Layer | null;
  /** The lowest layer as a table; null: there is none. */
  readonly bottom: (name: string) => string | null;
  /** The topmost layer as a table; null: there is none. */
  readonly top: (name: string) => string | null;
  readonly push: (name: string, layer: Layer) => void;
  /** The topmost overlay, taken away. */
  readonly pop: (name: string) => Layer | null;
  /** What these names mean, and what that mentions, each after what it needs. */
  readonly meaningsOf: (names: Iterable<string>) => readonly Meaning[];
}

export function layersOfSession(): Layers {
  const bottoms = new Map<string, Layer>();
  const overlays = new Map<string, readonly Layer[]>();
  const overlaysOf = (name: string): readonly Layer[] => overlays.get(name) ?? [];
  const setOverlays = (name: string, layers: readonly Layer[]): void => {
    if (layers.length === 0) overlays.delete(name);
    else overlays.set(name, layers);
  };
  const layerName = (name: string, level: number): string => `${name} layer ${level}`;
  const topLevel = (name: string): number | null => {
    const { length } = overlaysOf(name);
    return length === 0 && !bottoms.has(name) ? null : length;
  };
  const selectOf = (name: string): string | null => {
    const level = topLevel(name);
    if (level !== null) return `SELECT * FROM ${sqlName(layerName(name, level))}`;
    const [, below = "", number] = /^(.*) layer (\d+)$/.exec(name) ?? [];
    if (number === undefined) return null;
    const layer = number === "0" ? bottoms.get(below) : overlaysOf(below)[Number(number) - 1];
    return layer?.select ?? null;
  };
  const mentions = (from: string, name: string, seen = new Set<string>()): boolean => {
    if (from === name) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return tablesNamed(selectOf(from) ?? "").some((mentioned) => mentions(mentioned, name, seen));
  };
  /** What it mentions behind a comma, and what itself is made of this one, is a column of that name: no table needs itself. */
  const neededBySelect = (name: string, select: string): readonly string[] => {
    const read = new Set(tablesRead(select));
    return tablesNamed(select).filter((mentioned) => read.has(mentioned) || !mentions(mentioned, name));
  };
  return {
    names: () => new Set([...bottoms.keys(), ...overlays.keys()]),
    setBottom: (name, layer) => {
      const before = bottoms.get(name) ?? null;
      if (layer === null) bottoms.delete(name);
      else bottoms.set(name, layer);
      return before;
    },
    bottom: (name) => (bottoms.has(name) ? sqlName(layerName(name, 0)) : null),
    top: (name) => {
      const level = topLevel(name);
      return level === null ? null : sqlName(layerName(name, level));
    },
    push: (name, layer) => setOverlays(name, [...overlaysOf(name), layer]),
    pop: (name) => {
      const top = overlaysOf(name).at(-1) ?? null;
      setOverlays(name, overlaysOf(name).slice(0, -1));
      return top;
    },
    meaningsOf: (names) => {
      const found = new Map<string, Meaning>();
      const seen = new Set<string>();
      const visit = (name: string): void => {
        if (seen.has(name)) return;
        seen.add(name);
        const select = selectOf(name);
        if (select === null) return;
        for (const mentioned of neededBySelect(name, select)) visit(mentioned);
        found.set(name, { name, select: [select] });
      };
      for (const name of names) visit(name);
      return [...found.values()];
    },
  };
}

/**
 * The statement with the meanings in front. A WITH of its own takes them in; where that has a part of the same name, they go into
 * the parts up to it, for there the name still means the table. A statement's ORDER BY stays where it is.
 */
export function withMeanings(
  statement: Pieces,
  meanings: readonly Meaning[],
  word: "WITH" | "WITH RECURSIVE" = "WITH",
): Pieces {
  const sql = textOf(statement);
  const list = withList(sql);
  if (list === null)
    return meanings.length === 0
      ? statement
      : [`${word} `, ...listed(meanings.map(entry)), "\n", ...statement];
  const own = new Map(list.parts.map(({ name }, index) => [name, index]));
  const outer = meanings.filter(({ name }) => !own.has(name));
  const hidden = meanings.filter(({ name }) => own.has(name));
  const parts = list.parts.map((part, index): Pieces => {
    const inner = hidden.filter(({ name }) => (own.get(name) ?? -1) >= index);
    return partOf(part, withMeanings(slice(statement, part.start, part.end), neededBy(part, sql, inner)));
  });
  const first = list.isRecursive ? "WITH RECURSIVE" : word;
  const all = listed([...outer.map(entry), ...parts]);
  return [`${first} `, ...all, "\n", ...slice(statement, list.body, sql.length)];
}

function neededBy({ start, end }: WithPart, sql: string, meanings: readonly Meaning[]): readonly Meaning[] {
  const named = new Set(tablesNamed(sql.slice(start, end)));
  return meanings.filter(({ name }) => named.has(name));
}

function partOf({ head }: Pick<WithPart, "head">, query: Pieces): Pieces {
  return [`${head} AS (`, ...query, "\n)"];
}

function entry({ name, head = sqlName(name), select }: Meaning): Pieces {
  return partOf({ head }, select);
}

function listed(entries: readonly Pieces[]): Pieces {
  return entries.flatMap((pieces, index) => (index === 0 ? pieces : [",\n", ...pieces]));
}
