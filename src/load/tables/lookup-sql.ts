/** A lookup's table on a cluster, as SQL: its columns under the names of rollout.yaml, one row per item_id. */
import type { RemoteEngine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import { lookupNames } from "../../model/event-columns.ts";
import { type NotedTable, rowsOf } from "./event-sql.ts";

interface LookupColumn {
  readonly name: string;
  readonly sql: string;
}

function lookupColumns({ source, columns }: NotedTable): readonly LookupColumn[] {
  const named = columns.map(({ name }) => {
    const renamed = [...source.columns].find(([, names]) => names.includes(name));
    return { name: renamed?.[0] ?? name, sql: sqlName(name) };
  });
  return named.filter(({ name }, index) => named.findIndex((each) => each.name === name) === index);
}

function isIdentifier(name: string): boolean {
  return name === "item_id" || (lookupNames as readonly string[]).includes(name);
}

/** Of several rows of one item_id the one whose values come first: rows of a table have no order of their own. */
export function lookupRows(cluster: RemoteEngine, noted: NotedTable): string {
  const columns = lookupColumns(noted);
  const values = columns.map(({ name, sql }) => {
    const column = noted.columns.find((each) => sqlName(each.name) === sql);
    const { kind = "other", type = "" } = column ?? {};
    return `${isIdentifier(name) ? cluster.values.id({ sql, kind, type }) : sql} AS ${sqlName(name)}`;
  });
  const rows = `SELECT ${values.join(", ")} FROM ${rowsOf(cluster, noted)}`;
  if (!columns.some(({ name }) => name === "item_id")) return rows;
  const names = columns.map(({ name }) => sqlName(name));
  const order = names.map((name) => `CAST(${name} AS VARCHAR)`).join(", ");
  return `SELECT ${names.join(", ")} FROM (SELECT *, row_number() OVER (PARTITION BY item_id ORDER BY ${order}) AS place
    FROM (${rows}) AS named) AS placed WHERE place = 1 OR item_id IS NULL`;
}

/** item_id → author, category and duplicate group, the first lookup with a value winning. */
export function itemAttributes(lookups: readonly NotedTable[]): string {
  const parts = lookups.flatMap((noted, priority) => {
    const names = lookupColumns(noted).map(({ name }) => name);
    if (!names.includes("item_id")) return [];
    const values = lookupNames.map((name) =>
      names.includes(name) ? `CAST(${name} AS VARCHAR) AS ${name}` : `CAST(NULL AS VARCHAR) AS ${name}`,
    );
    return [
      `SELECT item_id, ${values.join(", ")}, ${priority} AS priority FROM ${sqlName(noted.source.name)} WHERE item_id IS NOT NULL`,
    ];
  });
  if (parts.length === 0) {
    const nothing = ["item_id", ...lookupNames].map((name) => `CAST(NULL AS VARCHAR) AS ${name}`);
    return `SELECT ${nothing.join(", ")} WHERE false`;
  }
  const [only = ""] = parts;
  if (parts.length === 1) return `SELECT item_id, ${lookupNames.join(", ")} FROM (${only}) AS items`;
  const firsts = lookupNames.map(
    (name) => `min_by(${name}, priority) FILTER (WHERE ${name} IS NOT NULL) AS ${name}`,
  );
  return `SELECT item_id, ${firsts.join(", ")} FROM (${parts.join(" UNION ALL ")}) AS items GROUP BY item_id`;
}
