/** What a source's files lack of that which rollout.yaml and the rules ask for, in words: for the night, and for `gatebook check`. */
import type { Source } from "../../model/config.ts";
import { columnsOf } from "../../model/event-columns.ts";
import { suggestion } from "../../model/suggest.ts";
import { acceptedNames, commonNames } from "./binding.ts";

/** Of all files of one source together. */
export interface FoundColumns {
  readonly columns: readonly string[];
  /** Canonical columns with data, where files were loaded: a key of JSON may be in no line that was sampled. */
  readonly present: readonly string[];
}

export interface UnmatchedColumn {
  readonly canonical: string;
  readonly message: string;
  /** Whose event it is, or of which day, is then read from elsewhere. */
  readonly isMisread: boolean;
}

/** Without the others something is not available, and says so. */
const misread: readonly string[] = ["user_id", "session_id", "event_date"];

/** Entries of `columns` of which no file has a single name. None with a staging query, which may name columns as it likes. */
export function unmatchedColumns(
  source: Source,
  { columns, present }: FoundColumns,
): readonly UnmatchedColumn[] {
  if (source.staging !== null) return [];
  const has = (name: string): boolean => columns.some((each) => each.toLowerCase() === name.toLowerCase());
  return columnsOf(source).flatMap((canonical) => {
    const names = source.columns.get(canonical) ?? [];
    const isDefault = names.join() === commonNames[canonical]?.join();
    const isElsewhere =
      present.includes(canonical) && !has(canonical) && source.constants?.has(canonical) !== true;
    if (names.length === 0 || isDefault || names.some(has) || isElsewhere) return [];
    const message = `${source.name}: no file has ${names.join(" or ")} (columns: ${canonical}); ${adviceOf(source, names, columns)}`;
    return [{ canonical, message, isMisread: misread.includes(canonical) && !has(canonical) }];
  });
}

function adviceOf({ name }: Source, names: readonly string[], columns: readonly string[]): string {
  const path = names.find((each) => columns.includes(each.split(".")[0] ?? "") && each.includes("."));
  if (path !== undefined)
    return `${path} is a place within the column ${path.split(".")[0]}, which only a staging file reaches: gatebook new source ${name}`;
  const meant = names.map((each) => suggestion(each, columns)).join("");
  return `the files have ${shortList(columns)}${meant}`;
}

/** What one can do about an export whose events have no id; null where they have one. */
export function missingEventId(source: Source, { columns, present }: FoundColumns): string | null {
  const accepted = [
    ...acceptedNames(source, "event_id"),
    ...(source.constants?.has("event_id") ? ["event_id"] : []),
  ];
  const isFound = columns.some((each) => accepted.some((name) => name.toLowerCase() === each.toLowerCase()));
  if (isFound || present.includes("event_id") || source.staging !== null) return null;
  return (
    `${source.name} has no event_id, so an event that is delivered twice counts twice. Either name the column that is unique per ` +
    `event (columns: { event_id: … }; the files have ${shortList(columns)}), or make one of the columns that distinguish events ` +
    `in queries/sources/${source.name}.sql (md5(concat_ws('|', …)) AS event_id), or, where nothing is ever sent twice, put ` +
    `@effect warn into queries/checks/event_id_populated.sql`
  );
}

export function shortList(names: readonly string[]): string {
  const text = names.join(", ");
  return text.length > 300 ? `${text.slice(0, 300)} …` : text;
}
