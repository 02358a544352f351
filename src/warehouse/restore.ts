/**
 * A store out of a database file that a person names: a published warehouse, a backup, a store that was set aside. In: the files of a
 * workspace under its lock, and that file. Out: a store that holds all of the file, and of the ledger what the store alone had.
 */
import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { holdLock, type LockOptions } from "../engine/duckdb/lock.ts";
import { openDuckDb } from "../engine/duckdb/open.ts";
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import { replaceBy } from "./files.ts";
import { type StorePaths, storePaths } from "./paths.ts";
import {
  copyInto,
  divergence,
  isWhole,
  keepAside,
  lookInto,
  missingFrom,
  type StoreOrigin,
  unsettledCopy,
} from "./recover.ts";

/** `migrate` brings the tables of a database up to date. */
export function restoreFrom(file: string, migrate: (engine: Engine) => Promise<void>) {
  return async (paths: StorePaths, waitMs: number): Promise<StoreOrigin> => {
    const given = await lookInto(file, "readOnly");
    if (!isWhole(given)) throw unusable(file, given);
    const [store, published] = [
      await lookInto(paths.store, waitMs),
      await lookInto(paths.warehouse, "readOnly"),
    ];
    const more = isWhole(store) ? missingFrom(given, store) : [];
    if (isWhole(store) && more.length > 0 && missingFrom(store, given).length === 0) {
      // a restore of this file may have been killed, before the ledger knew of it or before it was published
      const begun = await unsettledIn(paths.store);
      const isAhead = isWhole(published) && missingFrom(published, given).length > 0;
      if (begun === null && !isAhead) throw newer(file, more);
      return begun ?? { kind: "whole", isAhead };
    }
    const forgotten = isWhole(published)
      ? missingFrom(given, published).filter((what) => !more.includes(what))
      : [];
    if (forgotten.length > 0) throw divergence(paths, forgotten);
    const fresh = join(paths.folder, "store.restored.duckdb");
    await replaceBy(file, fresh);
    if (more.length > 0) await keepBoth(fresh, paths.store, migrate);
    // what the store alone holds is in `fresh` now, and nowhere else once the store is gone
    await keepAside(paths.store);
    const origin = await copyInto(paths, fresh, file);
    for (const each of [fresh, `${fresh}.wal`]) await rm(each, { force: true });
    return origin;
  };
}

/** Of a restore that was killed before it was done. */
async function unsettledIn(store: string): Promise<StoreOrigin | null> {
  const engine = await openDuckDb({ file: store, readOnly: true });
  return await unsettledCopy(engine).finally(() => engine.close());
}

/** Runs `work` on a workspace that has copies of store and warehouse and nothing else; what becomes of them is lost. */
export async function onCopies<T>(
  root: string,
  limits: Pick<LockOptions, "waitMs" | "onWait">,
  work: (root: string) => Promise<T>,
): Promise<T> {
  const { lock, folder, store, warehouse } = storePaths(root);
  const release = await holdLock({ file: lock, guarded: store, ...limits });
  const scratch = mkdtempSync(join(folder, "dry-run-"));
  try {
    for (const file of [store, `${store}.wal`, warehouse])
      if (existsSync(file)) cpSync(file, join(storePaths(scratch).folder, basename(file)));
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    release();
  }
}

async function keepBoth(
  fresh: string,
  store: string,
  migrate: (engine: Engine) => Promise<void>,
): Promise<void> {
  for (const file of [store, fresh]) {
    const engine = await openDuckDb({ file });
    try {
      await migrate(engine);
      if (file === fresh) await addLedgerOf(engine, store);
    } finally {
      engine.close();
    }
  }
}

/** Nights by their key, the later revision of a night that both hold; records behind those that are there, by new numbers. */
async function addLedgerOf(engine: Engine, store: string): Promise<void> {
  const same = "o.rollout = decisions.rollout AND o.phase = decisions.phase AND o.key = decisions.key";
  await engine.execute(`ATTACH ${sqlText(store)} AS other (READ_ONLY)`);
  await engine.transaction(() =>
    engine.execute(`
      DELETE FROM decisions USING other.decisions o WHERE ${same} AND o.revision > decisions.revision;
      INSERT INTO decisions BY NAME SELECT * FROM other.decisions o
        WHERE NOT EXISTS (SELECT 1 FROM decisions WHERE ${same});
      INSERT INTO restatements BY NAME SELECT * FROM other.restatements EXCEPT SELECT * FROM restatements;
      CREATE TEMP TABLE moved AS SELECT o.rollout, o.number AS was, CAST(o.number + coalesce(m.last, 0) AS INTEGER) AS now FROM other.records o
        LEFT JOIN (SELECT rollout, max(number) AS last FROM records GROUP BY rollout) m ON m.rollout = o.rollout
        WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.rollout = o.rollout AND r.number = o.number
          AND (r.recorded_at, r.kind, r.reason, r.person) = (o.recorded_at, o.kind, o.reason, o.person));
      INSERT INTO records BY NAME SELECT o.* REPLACE (moved.now AS number,
          CASE WHEN o.kind = 'undo' THEN coalesce(CAST(undone.now AS VARCHAR), o.subject) ELSE o.subject END AS subject)
        FROM other.records o JOIN moved ON moved.rollout = o.rollout AND moved.was = o.number
        LEFT JOIN moved undone ON undone.rollout = o.rollout AND CAST(undone.was AS VARCHAR) = o.subject;
      DROP TABLE moved`),
  );
  await engine.execute("DETACH other");
}

function unusable(file: string, look: "missing" | "damaged"): GatebookError {
  return new GatebookError("input", look === "missing" ? "there is no such file" : "the file is damaged", {
    where: { file },
    hint: "name a warehouse.duckdb, a copy of one, or a result.json of this rollout",
  });
}

function newer(file: string, more: readonly string[]): GatebookError {
  const others = more.length === 1 ? "" : ` and ${more.length - 1} more`;
  return new GatebookError("usage", `the store holds all of that file and more: ${more[0]}${others}`, {
    where: { file },
    hint: "there is nothing to take over, and the newer nights would be lost: nothing was changed",
  });
}
