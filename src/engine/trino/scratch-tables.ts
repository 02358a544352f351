/**
 * This session's own tables in the scratch schema: steps, scratch and overlays. They are dropped at the end; what a killed process left
 * behind is dropped by the next session of the same workspace.
 */

import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { isAlive } from "../process.ts";
import { sideBySide } from "../side-by-side.ts";
import { sqlName, sqlText } from "../sql-text.ts";
import { GivenUp } from "./client.ts";
import type { TrinoOptions } from "./options.ts";
import type { Page } from "./page.ts";
import type { Pieces } from "./pieces.ts";
import { type Run, retrying, type Session } from "./session.ts";

export interface ScratchTables {
  /** Makes a table of a SELECT that says what all its names mean; its name as SQL. */
  readonly create: (run: Run, name: string, select: Pieces) => Promise<string>;
  /** In its own time. */
  readonly drop: (table: string) => void;
  readonly dropAll: () => Promise<void>;
}

const DAY_MS = 86_400_000;
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);

/** "gb_shop_1f3ap9kt2lq4z0a_7_crossover_units": workspace, host and process, when it began, number, name. */
const NAME = /^gb_([a-z0-9]+)_([0-9a-f]{4})p([0-9a-z]+)t([0-9a-z]+)_\d+_/;

export function scratchTablesOf(session: Session, options: TrinoOptions): ScratchTables {
  const { owner, user, concurrency = 4 } = options;
  const [catalog = "", schema = ""] = options.scratch.split(".");
  const prefix = `gb_${owner}_${host}p${process.pid.toString(36)}t${Date.now().toString(36)}`;
  const present = new Set<string>();
  let made = 0;
  const sqlOf = (table: string): string => [catalog, schema, table].map(sqlName).join(".");
  const dropping = async (table: string): Promise<void> => {
    await session.task({ what: `drop ${table}` }, (run) =>
      retrying(options, () => run({ user, pieces: [`DROP TABLE IF EXISTS ${table}`] })),
    );
    present.delete(table);
  };
  const sweep = async (): Promise<void> => {
    const found: string[] = [];
    const like = sqlText(`gb\\_${owner}\\_%`);
    const sql = `SELECT table_name FROM ${sqlName(catalog)}.information_schema.tables
      WHERE table_schema = ${sqlText(schema)} AND table_name LIKE ${like} ESCAPE '\\'`;
    const take = ({ data = [] }: Page): void => {
      found.push(...data.map(([name]) => String(name)));
    };
    await session.task({ what: "what earlier sessions left" }, (run) => run({ user, pieces: [sql], take }));
    for (const name of found) if (isLeft(name)) await dropping(sqlOf(name));
  };
  return {
    create: async (run, name, select) => {
      if (made === 0) session.aside(sweep);
      const table = await retrying(options, async () => {
        made += 1;
        const own = sqlOf(`${prefix}_${made}_${name.toLowerCase().replace(/\W+/g, "_").slice(0, 40)}`);
        // known before it is there: of a statement that is lost nobody can say whether it made the table
        present.add(own);
        await run({ user, pieces: [`CREATE TABLE ${own} AS\n`, ...select] });
        return own;
      });
      return table;
    },
    drop: (table) => session.aside(() => dropping(table)),
    dropAll: async () => {
      // of a cluster that is gone nobody waits for one table after the other: the next session sweeps
      let isGone = false;
      const drop = async (table: string): Promise<void> => {
        if (isGone) return;
        await dropping(table).catch((error: unknown) => {
          isGone ||= error instanceof GivenUp;
        });
      };
      await sideBySide([...present], concurrency, drop);
    },
  };
}

/** Its process is gone, or was another machine's and began more than a day ago. */
function isLeft(table: string): boolean {
  const [, , of = "", pid = "", began = ""] = NAME.exec(table) ?? [];
  if (of === "") return false;
  if (Date.now() - Number.parseInt(began, 36) > DAY_MS) return true;
  return of === host && !isAlive(Number.parseInt(pid, 36));
}
