/** Tables that this workspace keeps in the scratch schema, one partition a day; their readers are pinned to a snapshot. */
import type { Day } from "../../model/words.ts";
import { sqlDate, sqlName, sqlText } from "../sql-text.ts";
import type { TrinoOptions } from "./options.ts";
import type { Page } from "./page.ts";
import type { Pieces } from "./pieces.ts";
import type { Run, Session } from "./session.ts";

export interface KeptTables {
  readonly sqlOf: (name: string) => string;
  /** The kept table that is known to the cluster by this name; null: it is none of this workspace. */
  readonly nameOf: (table: string) => string | null;
  /** `select` says what all its names mean. */
  readonly write: (run: Run, name: string, select: Pieces, days: readonly Day[] | null) => Promise<void>;
  readonly names: () => Promise<ReadonlySet<string>>;
  readonly drop: (name: string) => Promise<void>;
}

export function keptTablesOf(session: Session, options: TrinoOptions): KeptTables {
  const { owner, user } = options;
  const [catalog = "", schema = ""] = options.scratch.split(".");
  const prefix = `kept_${owner}_`;
  const sqlOf = (name: string): string =>
    [catalog, schema, prefix + name.toLowerCase()].map(sqlName).join(".");
  const nameOf = (table: string): string | null =>
    table.startsWith(prefix) ? table.slice(prefix.length) : null;
  return {
    sqlOf,
    nameOf,
    write: async (run, name, select, days) => {
      const table = sqlOf(name);
      if (days === null) {
        const create = `CREATE OR REPLACE TABLE ${table} WITH (partitioning = ARRAY['event_date']) AS\n`;
        await run({ user, pieces: [create, ...select] });
        return;
      }
      if (days.length === 0) return;
      const within = `event_date IN (${days.map(sqlDate).join(", ")})`;
      await run({ user, pieces: [`DELETE FROM ${table} WHERE ${within}`] });
      await run({ user, pieces: [`INSERT INTO ${table}\n`, ...select] });
    },
    names: async () => {
      const found: string[] = [];
      const sql = `SELECT table_name FROM ${sqlName(catalog)}.information_schema.tables
        WHERE table_schema = ${sqlText(schema)} AND table_name LIKE ${sqlText(`kept\\_${owner}\\_%`)} ESCAPE '\\'`;
      const take = ({ data = [] }: Page): void => {
        found.push(...data.map(([table]) => String(table)));
      };
      await session.task({ what: "kept tables" }, (run) => run({ user, pieces: [sql], take }));
      return new Set(found.flatMap((table) => nameOf(table) ?? []));
    },
    drop: (name) =>
      session.task({ what: `drop ${name}` }, (run) =>
        run({ user, pieces: [`DROP TABLE IF EXISTS ${sqlOf(name)}`] }),
      ),
  };
}
