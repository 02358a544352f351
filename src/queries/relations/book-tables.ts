/** The tables of relations in the books: each is written in one transaction with the note that it was. */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlName } from "../../engine/sql-text.ts";
import type { Day } from "../../model/words.ts";
import type { OwnBuild } from "./own-build.ts";
import { noteBuilt } from "./relation-builds.ts";
import { wholeRange } from "./relation-parts.ts";
import { rebuildDays, rebuildWhole } from "./relation-rebuild.ts";
import type { RelationTables } from "./relation-tables.ts";

export function bookTables(engine: Engine): RelationTables {
  return {
    days: (file, days, { mark, ...options }) =>
      engine.transaction(async () => {
        await rebuildDays(engine, file, days, options);
        await noteBuilt(engine, file.name, mark);
      }),
    whole: (file, { mark, known, sameSql, parts, ...options }) =>
      engine.transaction(async () => {
        // days that only the earlier SQL could make are unknown: of two meanings pooled nobody could say where a change comes from
        if (file.kind === "dimension" && !sameSql)
          await engine.execute(`DROP TABLE IF EXISTS ${sqlName(file.name)}`);
        await rebuildWhole(engine, file, {
          ...options,
          dirty: known.pending,
          madeBefore: sameSql ? null : known,
          parts: wholeRange(await parts()),
        });
        await noteBuilt(engine, file.name, mark);
      }),
    count: (own, days) =>
      engine.transaction(async () => {
        await count(engine, own, days);
        await noteBuilt(engine, own.name, { fingerprint: own.fingerprint, meaning: null });
      }),
    drop: (name) => engine.execute(`DROP TABLE IF EXISTS ${sqlName(name)}`),
  };
}

async function count(engine: Engine, own: OwnBuild, days: readonly Day[] | null): Promise<void> {
  const counted = days ?? (await daysWithEvents(engine));
  const where = counted.length === 0 ? "false" : `event_date IN (${counted.map(sqlDate).join(", ")})`;
  for (const { name, columns, select } of await own.tables(engine, { where, areAll: days === null })) {
    await engine.execute(`CREATE TABLE IF NOT EXISTS ${name} (${columns})`);
    if (counted.length === 0) continue;
    await engine.execute(`DELETE FROM ${name} WHERE ${where}; INSERT INTO ${name} ${select}`);
  }
}

async function daysWithEvents(engine: Engine): Promise<readonly Day[]> {
  const rows = await engine.rows("SELECT DISTINCT event_date FROM event_rows ORDER BY event_date");
  return rows.map((row) => String(row["event_date"]));
}
