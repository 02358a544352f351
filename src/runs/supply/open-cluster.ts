/** The cluster of rollout.yaml, opened with the secret that the environment has. Without one nothing of its client is imported. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Engine, RemoteEngine, StatementCost } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { TrinoOptions, TrinoSecret } from "../../engine/trino/options.ts";
import type { Cluster } from "../../model/config.ts";
import { fileReason, GatebookError } from "../../model/error.ts";

export interface ClusterOptions {
  /** The process environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onStop?: TrinoOptions["onStop"];
  /** Statements side by side. */
  readonly threads?: number | undefined;
  readonly onStatement?: ((cost: StatementCost) => void) | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Throws GatebookError `config` when the secret or the certificate is not there. */
export async function openCluster(
  cluster: Cluster,
  owner: string,
  { env, threads, onStatement, onProgress, onStop }: ClusterOptions,
): Promise<RemoteEngine> {
  const { server, catalog, schema, scratch, user, readUser } = cluster;
  const { openTrino } = await import("../../engine/trino/open.ts");
  return await openTrino({
    ...{ server, catalog, schema, user, readUser, owner },
    scratch: `${scratch.catalog}.${scratch.schema}`,
    secret: secretOf(cluster, env),
    ca: cluster.ca === null ? undefined : readCertificate(cluster.ca),
    concurrency: threads,
    ...{ onStatement, onStop },
    onProgress: ({ what, percent }) => {
      if (what.endsWith(".sql"))
        onProgress?.(`${what}: ${percent === null ? "waiting" : `${Math.round(percent)}%`}`);
    },
  });
}

function secretOf({ passwordEnv, tokenEnv }: Cluster, env: ClusterOptions["env"]): TrinoSecret {
  if (passwordEnv !== null) return { kind: "password", password: fromEnv(passwordEnv, env) };
  return tokenEnv === null ? { kind: "none" } : { kind: "token", token: fromEnv(tokenEnv, env) };
}

function fromEnv(name: string, env: ClusterOptions["env"]): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new GatebookError("config", `the environment variable ${name} is not set`, {
    hint: "engine in rollout.yaml names it: set it to the secret before gatebook starts",
  });
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const message = `the certificate cannot be read: ${fileReason(cause)}`;
    throw new GatebookError("config", message, {
      where: { file },
      hint: "engine.ca in rollout.yaml names it",
      cause,
    });
  }
}

/** What the tables of this workspace are called by in the scratch schema: the same for as long as the store is. */
export async function ownerOf(books: Engine): Promise<string> {
  const known = await knownOwner(books);
  if (known !== null) return known;
  const owner = randomBytes(5).toString("hex");
  await books.execute(`INSERT INTO load_state VALUES ('cluster_owner', ${sqlText(owner)})`);
  return owner;
}

/** Null: no run has asked the cluster yet. */
export async function knownOwner(books: Engine): Promise<string | null> {
  const [row] = await books.rows("SELECT value FROM load_state WHERE key = 'cluster_owner'");
  return row === undefined ? null : String(row["value"]);
}
