/** The `sources` of rollout.yaml: which files hold events or lookups, and how their columns and words are called. */
import { z } from "zod";
import { didYouMean } from "../model/suggest.ts";
import { reservedTables } from "../model/table-names.ts";
import { mapping, oneOf, oneOrMore, text, timeZone } from "./values.ts";

export const CANONICAL_COLUMNS = [
  "event_id",
  "event_type",
  "occurred_at",
  "event_date",
  "user_id",
  "session_id",
  "item_id",
  "author_id",
  "category_id",
  "duplicate_group",
  "algo_version",
  "dwell_seconds",
  "position",
  "metadata",
] as const;

const oneCharacter = () => text(/^.$/su, "is not one character");

const optionsSchema = mapping({
  delimiter: oneCharacter()
    .optional()
    .describe('CSV: the character between columns. Default: a tab for .tsv files, else ",".'),
  quote: oneCharacter()
    .optional()
    .describe("CSV: the character around values that hold the delimiter. Default: '\"'."),
  escape: oneCharacter()
    .optional()
    .describe("CSV: the character before a quote inside quotes. Default: '\"'."),
  header: z.boolean().default(true).describe("CSV: whether the first line names the columns."),
  null_text: z
    .array(z.string())
    .default([""])
    .describe('CSV: texts that mean "no value", e.g. ["", "NULL"].'),
  time_format: oneOf(["iso", "epoch_seconds", "epoch_millis"])
    .default("iso")
    .describe("How occurred_at is written: ISO 8601, or seconds or milliseconds since 1970."),
  time_zone: timeZone().default("UTC").describe("Zone of times written without an offset."),
  encoding: oneOf(["utf-8", "latin-1", "utf-16"]).default("utf-8").describe("Text encoding of the files."),
});

const eventType = oneOf(["impression", "click", "favorite", "download"]);

export const sourceSchema = mapping({
  name: text(/^[A-Za-z_]\w*$/, "is not a name of letters, digits and _").describe(
    "Name of the source; a lookup becomes the table of this name, and queries/sources/NAME.sql stages its rows.",
  ),
  kind: oneOf(["events", "lookup"])
    .default("events")
    .describe(
      "events: rows are impressions, clicks, favorites, downloads. lookup: a table to join, e.g. items.",
    ),
  files: oneOrMore("a path").describe(
    "Path, glob or list of them, relative to this file: CSV, TSV, JSONL or Parquet, plain, .gz or .zst.",
  ),
  format: oneOf(["csv", "tsv", "jsonl", "parquet"])
    .optional()
    .describe("Default: told from the file's name."),
  options: optionsSchema.prefault({}).describe("How the files are written."),
  columns: z
    .record(text(), oneOrMore("a column"))
    .default({})
    .describe(
      "Canonical column: its name in the export, or several of which the first found is taken. " +
        "Columns that are called alike need no entry; metadata is found as metadata or meta.",
    ),
  event_types: z
    .record(text(), eventType)
    .default({})
    .describe("The export's word: impression, click, favorite or download, e.g. feed_click: click."),
}).superRefine((source, context) => {
  if (source.kind === "lookup") return refineLookup(source, context);
  for (const column of Object.keys(source.columns)) {
    if ((CANONICAL_COLUMNS as readonly string[]).includes(column)) continue;
    const meant = didYouMean(column, CANONICAL_COLUMNS);
    context.addIssue({
      code: "custom",
      path: ["columns", column],
      message: `"${column}" is not a column of an event${meant === null ? "" : `; did you mean "${meant}"?`}`,
      params: { at: "key", hint: `columns of an event: ${CANONICAL_COLUMNS.join(", ")}` },
    });
  }
});

function refineLookup(
  source: { readonly name: string; readonly event_types: object },
  context: z.RefinementCtx,
): void {
  if (reservedTables.includes(source.name.toLowerCase())) {
    context.addIssue({
      code: "custom",
      path: ["name"],
      message: `the warehouse has a table "${source.name}" of its own`,
      params: { hint: "give the lookup another name" },
    });
  }
  if (Object.keys(source.event_types).length > 0) {
    context.addIssue({
      code: "custom",
      path: ["event_types"],
      message: "a lookup has no events",
      params: { at: "key" },
    });
  }
}
