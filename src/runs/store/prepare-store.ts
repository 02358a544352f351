/**
 * A store made ready for whoever has opened it: its tables are those of this version, and its ledger remembers what the workspace
 * still knows of earlier nights. In: the open store. Out: nothing; what was taken over is told and stands in the ledger.
 */
import type { Engine } from "../../engine/engine.ts";
import { createLedgerTables } from "../../ledger/tables.ts";
import { createLoadTables } from "../../load/records/tables.ts";
import type { Context } from "../../model/context.ts";
import { markFormat } from "../../warehouse/format.ts";
import type { Store } from "../../warehouse/store.ts";
import type { PreparedFor } from "./kept-nights.ts";
import { rememberLedger } from "./remember-ledger.ts";

export async function prepareStore(store: Store, request: PreparedFor, context: Context): Promise<void> {
  await migrate(store.engine, context.version);
  await rememberLedger(store, request, context);
}

/** All of it or none: killed in between, an older gatebook still finds its own store. */
export async function migrate(engine: Engine, version: string): Promise<void> {
  await engine.transaction(async () => {
    await createLoadTables(engine);
    await createLedgerTables(engine);
    await markFormat(engine, version);
  });
}
