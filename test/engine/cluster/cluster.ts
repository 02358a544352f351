/** The cluster that the tests of this lane use: where test/engine/cluster/start.sh says that it is. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { RemoteEngine } from "../../../src/engine/engine.ts";
import { clientOf } from "../../../src/engine/trino/client.ts";
import { openTrino } from "../../../src/engine/trino/open.ts";
import type { TrinoOptions } from "../../../src/engine/trino/options.ts";
import type { Page } from "../../../src/engine/trino/page.ts";

/** The folder that start.sh was given. */
export const dataFolder = process.env["GATEBOOK_TRINO_DATA"] ?? "";
if (dataFolder === "") throw new Error("GATEBOOK_TRINO_DATA: set it to the folder that start.sh was given");

export const server = readFileSync(join(dataFolder, "url"), "utf8").trim();

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

/** Any statement, as the cluster's own user; its rows. */
export async function command(
  sql: string,
  { settings, ...options }: Partial<TrinoOptions> & { readonly settings?: string } = {},
): Promise<unknown[][]> {
  const client = clientOf(clusterOptions(options));
  const rows: unknown[][] = [];
  const call = { sql, settings, user: options.user ?? "gatebook", signal: new AbortController().signal };
  try {
    await client.run(call, ({ data = [] }: Page) => {
      rows.push(...data);
    });
    return rows;
  } finally {
    await client.close();
  }
}

/** A name for a schema that no other run has. */
export function freshSchema(): string {
  return `t${randomBytes(6).toString("hex")}`;
}
