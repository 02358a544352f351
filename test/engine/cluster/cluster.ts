/** The cluster that the tests of this lane use: the one at GATEBOOK_TRINO, else started by the scripts beside this file. */
import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import type { RemoteEngine } from "../../../src/engine/engine.ts";
import { openTrino } from "../../../src/engine/trino/open.ts";
import type { TrinoOptions } from "../../../src/engine/trino/options.ts";

export const server = process.env["GATEBOOK_TRINO"] ?? "http://127.0.0.1:18080";

/** An engine of its own, with a name of its own for its tables. */
export async function openCluster(options: Partial<TrinoOptions> = {}): Promise<RemoteEngine> {
  const engine = await openTrino(clusterOptions(options));
  onTestFinished(() => engine.close());
  return engine;
}

export function clusterOptions(options: Partial<TrinoOptions> = {}): TrinoOptions {
  return {
    server,
    catalog: "iceberg",
    schema: "feed",
    scratch: "iceberg.gatebook",
    user: "gatebook",
    owner: `t${randomBytes(6).toString("hex")}`,
    retryForMs: 10_000,
    ...options,
  };
}
