/** How a cluster is reached. Secrets come as values, read from the environment by whoever opens it; they are in no message. */
import type { StatementCost } from "../engine.ts";

/** Neither: the cluster asks for none. Both together are a mistake of the configuration. */
export type TrinoSecret =
  | { readonly kind: "none" }
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "token"; readonly token: string };

export interface TrinoOptions {
  /** "https://trino.example.com:8443"; http only on this machine when there is a secret. */
  readonly server: string;
  /** Where a table named by one or two words is. */
  readonly catalog: string;
  readonly schema: string;
  /** "iceberg.gatebook": the one schema that gatebook writes to, of an Iceberg catalog. */
  readonly scratch: string;
  readonly user: string;
  /** Runs the analysts' files; not given: `user`. */
  readonly readUser?: string | undefined;
  readonly secret?: TrinoSecret | undefined;
  /** Certificates (PEM) to trust besides the system's. */
  readonly ca?: string | undefined;
  /** Names the tables of this workspace in the scratch schema: lower-case letters and digits, at most 16. */
  readonly owner: string;
  /** Statements side by side; 4 unless given. */
  readonly concurrency?: number | undefined;
  /** How long lost connections, lost workers and busy servers are tried again, per statement; 60 s unless given. */
  readonly retryForMs?: number | undefined;
  readonly onProgress?: ((progress: StatementProgress) => void) | undefined;
  readonly onStatement?: ((cost: StatementCost) => void) | undefined;
  /** Calls `stop` when the process is to end: what runs is cancelled, and nothing more is asked. Gives back how to take that away. */
  readonly onStop?: ((stop: () => void) => () => void) | undefined;
}

/** Of a statement that runs. */
export interface StatementProgress {
  readonly what: string;
  readonly queryId: string;
  /** 0 to 100; null while it waits. */
  readonly percent: number | null;
  readonly scannedRows: number;
}
