/** The `sources` of rollout.yaml: which files contain events or lookups, and what their columns and words are called. */
import { z } from "zod";
import { canonicalNames, derivedNames, eventTypeNames, mayBeAdded } from "../model/event-columns.ts";
import { suggestion } from "../model/suggest.ts";
import { reservedTables } from "../model/table-names.ts";
import { refineConstants } from "./constants.ts";
import { report } from "./sanity.ts";
import { refineTable, tableName } from "./schema-engine.ts";
import { datePatterns, timeFormat } from "./time-format.ts";
import { mapping, oneOf, oneOrMore, size, text, timeZone } from "./values.ts";

const oneCharacter = () => text(/^.$/su, "is not one character");
/** What the engine takes for a quote is one byte. */
const oneOrNone = () =>
  z.string().regex(/^\p{ASCII}?$/u, { error: ({ input }) => `"${input}" is not one ASCII character` });

const optionsSchema = mapping({
  delimiter: oneCharacter()
    .optional()
    .describe('CSV: the character between columns. Default: a tab for .tsv, mysql and postgres, else ",".'),
  quote: oneOrNone()
    .optional()
    .describe(
      'CSV: the character around values that contain the delimiter, "" for none. Default: \'"\'; mysql (ENCLOSED BY) and postgres: none.',
    ),
  escape: oneOrNone()
    .optional()
    .describe(
      "CSV: the character before a quote inside quotes. Default: the quote. mysql (ESCAPED BY) and postgres: before any character, default \\.",
    ),
  header: z
    .boolean()
    .optional()
    .describe(
      "CSV: whether the first line names the columns. Default: true; mysql and postgres: false, the columns are then column0, column1, …",
    ),
  null_text: z
    .array(z.string())
    .default([""])
    .describe('Texts that mean "no value", in every column and format, e.g. ["", "NULL"].'),
  decimal: oneOf([".", ","])
    .optional()
    .describe(
      'The sign before the fraction of a number written as text. Default: a point; in CSV with delimiter ";" a comma as well.',
    ),
  time_format: timeFormat()
    .default("iso")
    .describe(
      "How occurred_at is written: iso (ISO 8601), epoch_seconds, epoch_millis, epoch_micros or epoch_nanos (a number since 1970), " +
        "or a strptime pattern or several, e.g. %m/%d/%Y %H:%M.",
    ),
  date_format: datePatterns()
    .optional()
    .describe(
      "How event_date is written, as a strptime pattern or several, e.g. %m/%d/%Y. Default: 2026-02-01 or 20260201.",
    ),
  time_zone: timeZone().default("UTC").describe("Zone of times written without an offset."),
  encoding: oneOf(["utf-8", "latin-1", "utf-16"])
    .default("utf-8")
    .describe("Text encoding of the files; .zst files have to be UTF-8."),
}).superRefine(({ delimiter, quote, escape: escaping }, context) => {
  for (const [name, value] of Object.entries({ quote, escape: escaping })) {
    if (value === undefined || value !== delimiter) continue;
    report(context, { path: [name], message: `"${value}" is the delimiter already` });
  }
});

/** A type of the workspace's own must not be a misspelt one of ours: its events would be in no metric. */
const eventType = text(/^[a-z][a-z0-9_]*$/, "is not a word of small letters, digits and _").refine(
  (type) => isEventType(type) || suggestion(type, eventTypeNames) === "",
  {
    error: ({ input }) =>
      `expected impression, click, favorite, download or a type of your own, found "${input}"${suggestion(String(input), eventTypeNames)}`,
  },
);

function isEventType(type: string): boolean {
  return eventTypeNames.some((known) => known === type);
}

export const sourceSchema = mapping({
  name: text(/^[A-Za-z_]\w*$/, "is not a name of letters, digits and _").describe(
    "Name of the source; a lookup becomes the table of this name, and queries/sources/NAME.sql stages its rows.",
  ),
  kind: oneOf(["events", "lookup"])
    .default("events")
    .describe(
      "events: rows are impressions, clicks, favorites, downloads. lookup: a table to join, e.g. items.",
    ),
  files: oneOrMore("a path")
    .optional()
    .describe(
      "Path, glob or list of them, relative to this file: CSV, TSV, JSONL or Parquet, plain, .gz or .zst.",
    ),
  table: tableName()
    .optional()
    .describe("With engine trino, instead of files: a table, e.g. events or iceberg.feed.events."),
  format: oneOf(["csv", "tsv", "mysql", "postgres", "jsonl", "parquet"])
    .optional()
    .describe(
      "Default: from the file's name. mysql: mysqldump --tab, SELECT … INTO OUTFILE, mysql -B. postgres: COPY as text.",
    ),
  options: optionsSchema.prefault({}).describe("How the files are written."),
  columns: z
    .record(text(), oneOrMore("a column"))
    .default({})
    .describe(
      "Canonical column: its name in the export, or several of which the first that has a value is taken, row by row. " +
        'Columns of the same name need no entry; metadata is found as metadata or meta. "=impression" is no name but the value of every row. ' +
        "Any other name adds a text column to events, e.g. platform: [platform, device].",
    ),
  event_types: z
    .record(text(), eventType)
    .default({})
    .describe(
      "The export's word: impression, click, favorite or download, e.g. feed_click: click; or a type of your own, e.g. order_paid: conversion.",
    ),
  follow_links: z
    .boolean()
    .default(false)
    .describe("true: a link may lead out of the folder that the pattern names."),
  max_unpacked: size().optional().describe("Of this source's files, instead of the one for all."),
  max_line: size().optional().describe("Of this source's rows, instead of the one for all."),
}).superRefine((source, context) => {
  refineTable(source, context);
  refineConstants(source, context);
  if (source.kind === "lookup") return refineLookup(source, context);
  for (const column of Object.keys(source.columns)) {
    const trouble = columnTrouble(column);
    if (trouble !== null) report(context, { path: ["columns", column], ...trouble, at: "key" });
  }
});

/** Any name beyond the canonical ones adds a column, but a misspelt one must not. */
function columnTrouble(column: string): { readonly message: string; readonly hint: string } | null {
  if (canonicalNames.some((name) => name === column)) return null;
  if (derivedNames.some((name) => name === column))
    return { message: `events have a column "${column}" of their own`, hint: "give the column another name" };
  if (mayBeAdded(column)) return null;
  const hint = `columns of an event: ${canonicalNames.join(", ")}; any other is a name of small letters, digits and _`;
  return { message: `"${column}" is not a column of an event${suggestion(column, canonicalNames)}`, hint };
}

function refineLookup(
  source: { readonly name: string; readonly event_types: object },
  context: z.RefinementCtx,
): void {
  if (reservedTables.includes(source.name.toLowerCase())) {
    const message = `the warehouse has a table "${source.name}" of its own`;
    report(context, { path: ["name"], message, hint: "give the lookup another name" });
  }
  if (Object.keys(source.event_types).length > 0) {
    report(context, { path: ["event_types"], message: "a lookup has no events", at: "key" });
  }
}
