/** What every engine does, on a cluster. */
import { openTrino } from "../../src/engine/trino/open.ts";
import { clusterOptions } from "./cluster/cluster.ts";
import { engineContract } from "./contract.ts";

engineContract("Trino", async () => {
  const engine = await openTrino(clusterOptions());
  const store = async (name: string, select: string): Promise<void> => {
    await engine.scratch(name, select);
  };
  return { engine, store, close: () => engine.close() };
});
