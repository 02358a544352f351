/** Opens a Trino cluster as a RemoteEngine. */
import { GatebookError } from "../../model/error.ts";
import type { RemoteEngine } from "../engine.ts";
import { openLocalParser } from "./local.ts";
import type { TrinoOptions } from "./options.ts";
import { trinoEngine } from "./trino-engine.ts";

/**
 * Asks the cluster for its version, nothing else. Throws GatebookError `usage` when it may not be reached as asked, EngineError
 * `unavailable` when it does not answer.
 */
export async function openTrino(options: TrinoOptions): Promise<RemoteEngine> {
  refuseUnsafe(options);
  const local = await openLocalParser();
  try {
    return await trinoEngine(options, local);
  } catch (error) {
    local.close();
    throw error;
  }
}

const LOOPBACK = /^(127(\.\d+){3}|localhost|\[::1\])$/;

function refuseUnsafe({ server, secret, scratch, owner }: TrinoOptions): void {
  const url = URL.canParse(server) ? new URL(server) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new GatebookError("usage", `engine.server is no address of a server: ${JSON.stringify(server)}`, {
      hint: 'e.g. "https://trino.example.com:8443"',
    });
  }
  const isSecret = secret !== undefined && secret.kind !== "none";
  if (isSecret && url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw new GatebookError("usage", `${url.origin} would get the ${secret.kind} unencrypted`, {
      hint: "use https in engine.server: a secret goes over http to this machine only",
    });
  }
  if (!/^[^.]+\.[^.]+$/.test(scratch)) {
    throw new GatebookError("usage", `engine.scratch is no schema of a catalog: ${JSON.stringify(scratch)}`, {
      hint: 'e.g. "iceberg.gatebook"',
    });
  }
  if (!/^[a-z0-9]{1,16}$/.test(owner))
    throw new GatebookError("usage", `no name for tables: ${JSON.stringify(owner)}`);
}
