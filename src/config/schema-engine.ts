/** The `engine` of rollout.yaml: where the events are. Tables of sources and tables of files exclude each other. */
import type { z } from "zod";
import { report } from "./sanity.ts";
import { mapping, oneOf, text } from "./values.ts";

const identifier = "[A-Za-z_][A-Za-z0-9_]*";

/** "events", "feed.events" or "iceberg.feed.events". */
export const tableName = () =>
  text(
    new RegExp(`^${identifier}([.]${identifier}){0,2}$`),
    "is not the name of a table such as events, feed.events or iceberg.feed.events",
  );

const variable = () => text(/^[A-Za-z_]\w*$/, "is not the name of an environment variable");
const name = () => text(new RegExp(`^${identifier}$`), "is not a name of letters, digits and _");

const trinoKeys = [
  "server",
  "catalog",
  "schema",
  "scratch",
  "user",
  "password_env",
  "token_env",
  "ca",
  "read_user",
] as const;

export const engineSchema = mapping({
  kind: oneOf(["duckdb", "trino"]).describe(
    "duckdb: embedded, events are loaded from files. trino: the events are tables of a cluster, and stay there.",
  ),
  server: text(/^https?:\/\/[^\s/?#@]+\/?$/, "is not an address such as https://trino.example.org:8443")
    .optional()
    .describe("Address of the cluster's coordinator."),
  catalog: name().optional().describe("Catalog of tables that are named without one."),
  schema: name().optional().describe("Schema of tables that are named without one."),
  scratch: text(
    new RegExp(`^${identifier}[.]${identifier}$`),
    "is not a schema with its catalog such as iceberg.gatebook",
  )
    .optional()
    .describe(
      "CATALOG.SCHEMA of Iceberg tables that gatebook writes its relations to; nothing else is written.",
    ),
  user: text().optional().describe("User that gatebook's own statements run as. Default: gatebook."),
  password_env: variable().optional().describe("Environment variable with the user's password; needs https."),
  token_env: variable()
    .optional()
    .describe("Environment variable with a JWT instead of a password; needs https."),
  ca: text()
    .optional()
    .describe("PEM file with the certificate that the server's is signed by, relative to this file."),
  read_user: text()
    .optional()
    .describe("User that the analysts' files run as, with SELECT rights only. Default: user."),
}).superRefine((engine, context) => {
  if (engine.kind === "duckdb") {
    for (const key of trinoKeys) {
      if (engine[key] === undefined) continue;
      report(context, { path: [key], message: `the embedded engine has no ${key}`, at: "key" });
    }
    return;
  }
  for (const key of ["server", "catalog", "schema", "scratch"] as const) {
    if (engine[key] !== undefined) continue;
    report(context, { message: `trino needs ${key}`, hint: neededBy[key], at: "key" });
  }
  const secret = engine.password_env === undefined ? "token_env" : "password_env";
  if (engine.password_env !== undefined && engine.token_env !== undefined)
    report(context, {
      path: ["token_env"],
      message: "password_env and token_env exclude each other",
      at: "key",
    });
  else if (engine[secret] !== undefined && engine.server?.startsWith("http:") === true)
    report(context, { path: ["server"], message: `${secret} would be sent unencrypted: use https` });
});

const neededBy = {
  server: "e.g. server: https://trino.example.org:8443",
  catalog: "e.g. catalog: iceberg",
  schema: "e.g. schema: feed",
  scratch: "e.g. scratch: iceberg.gatebook, a schema that the user may create tables in",
};

/** What of a source is about files alone. */
const fileKeys = ["files", "format", "follow_links", "max_unpacked", "max_line"] as const;
const fileOptions = ["delimiter", "quote", "escape", "header", "decimal", "date_format", "encoding"] as const;

interface SourceShape extends Partial<Readonly<Record<(typeof fileKeys)[number], unknown>>> {
  readonly table?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A source is a table, or files. */
export function refineTable(source: SourceShape, context: z.RefinementCtx): void {
  const { table } = source;
  if (table === undefined) {
    if (source.files === undefined)
      report(context, {
        message: "needs files, or the name of a table",
        hint: "e.g. files: exports/*.csv",
        at: "key",
      });
    return;
  }
  for (const key of fileKeys) {
    const value = source[key];
    if (value !== undefined && value !== false)
      report(context, { path: [key], message: `a table has no ${key}`, at: "key" });
  }
  for (const key of fileOptions) {
    const value = source.options[key];
    if (value !== undefined && !(key === "encoding" && value === "utf-8"))
      report(context, { path: ["options", key], message: `a table has no ${key}`, at: "key" });
  }
  const format = source.options["time_format"];
  if (Array.isArray(format))
    report(context, {
      path: ["options", "time_format"],
      message: "patterns are for files; a table's times are iso or counted since 1970",
      hint: "parse other texts in queries/sources/NAME.sql",
    });
}

interface WorkspaceShape {
  readonly engine: { readonly kind: "duckdb" | "trino" };
  readonly sources: readonly SourceShape[];
}

/** The embedded engine loads files, a cluster has tables. */
export function refineSupply({ engine, sources }: WorkspaceShape, context: z.RefinementCtx): void {
  const isTrino = engine.kind === "trino";
  for (const [index, source] of sources.entries()) {
    if (isTrino && source.table === undefined)
      report(context, {
        path: ["sources", index],
        message: "with engine trino every source is a table",
        hint: "name it: table: iceberg.feed.events",
        at: "key",
      });
    if (!isTrino && source.table !== undefined)
      report(context, {
        path: ["sources", index, "table"],
        message: "tables are read by engine trino only",
        hint: 'say where they are: engine: { kind: trino, server: "https://…", … }',
        at: "key",
      });
  }
}
