/** The canonical event: its columns, their types in the warehouse, and what each means; and those that rollout.yaml adds. */
import type { Config, Source } from "./config.ts";
import { suggestion } from "./suggest.ts";

interface CanonicalColumn {
  readonly name: CanonicalName;
  readonly type: string;
  readonly comment: string;
}

/** In the order of the tables. */
export const canonicalNames = [
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

export const eventTypeNames = ["impression", "click", "favorite", "download"] as const;

export type CanonicalName = (typeof canonicalNames)[number];

/** Filled from a lookup by item_id where the event itself has no value; the order is that of the bits of `from_lookup`. */
export const lookupNames = ["author_id", "category_id", "duplicate_group"] as const;

const text = "VARCHAR";

export const canonicalColumns: readonly CanonicalColumn[] = [
  { name: "event_id", type: text, comment: "Identifier of the event; null when the export has none" },
  {
    name: "event_type",
    type: "event_kind",
    comment: "impression, click, favorite, download, or a type of rollout.yaml",
  },
  {
    name: "occurred_at",
    type: "TIMESTAMP",
    comment: "When it happened, UTC; null when only the day is known",
  },
  { name: "event_date", type: "DATE", comment: "Day in the time zone of the rollout; never null" },
  { name: "user_id", type: text, comment: "Signed-in user" },
  { name: "session_id", type: text, comment: "Session, for visitors who are not signed in" },
  { name: "item_id", type: text, comment: "The item that was shown or acted on" },
  { name: "author_id", type: text, comment: "Author of the item, from the event or else from a lookup" },
  { name: "category_id", type: text, comment: "Category of the item, from the event or else from a lookup" },
  { name: "duplicate_group", type: text, comment: "Items of one group are near-duplicates of each other" },
  { name: "algo_version", type: text, comment: "Ranking algorithm that served it; null only on saves" },
  {
    name: "dwell_seconds",
    type: "DECIMAL(9,3)",
    comment: "Seconds spent after a click; null when not known",
  },
  { name: "position", type: "INTEGER", comment: "Place in the feed as exported" },
  { name: "metadata", type: text, comment: "Anything else, as JSON text" },
];

/** What the view of events has besides; a column of rollout.yaml cannot be called so. */
export const derivedNames = ["unit_id", "unit_bucket", "meta"] as const;

/** Whether `columns:` may add one of that name: a misspelt name of ours must not. */
export function mayBeAdded(name: string): boolean {
  const isOurs = [...canonicalNames, ...derivedNames].some((own) => own === name);
  return !isOurs && /^[a-z][a-z0-9_]{0,62}$/.test(name) && suggestion(name, canonicalNames) === "";
}

/** Columns that a source adds to events: what `columns:` names besides the canonical ones. Their values are text. */
export function addedColumns({ kind, columns, constants }: Source): readonly string[] {
  if (kind !== "events") return [];
  const names = new Set([...columns.keys(), ...(constants?.keys() ?? [])]);
  return [...names].filter((name) => !canonicalNames.some((canonical) => canonical === name));
}

/** Of all sources together. */
export function allAddedColumns({ sources }: Pick<Config, "sources">): readonly string[] {
  return [...new Set(sources.flatMap(addedColumns))];
}

/** Columns of events that a file of the source may give. */
export function columnsOf(source: Source): readonly string[] {
  return [...canonicalNames, ...addedColumns(source)];
}

/** The four, and those that `event_types` of any source names besides. */
export function eventTypesOf({ sources }: Pick<Config, "sources">): readonly string[] {
  const named = sources.flatMap(({ eventTypes }) => [...eventTypes.values()]);
  return [...new Set([...eventTypeNames, ...named])];
}

/** Columns of `events` that an export may lack; the others are never null, or null by rule. */
export const optionalColumns = canonicalNames.filter(
  (name) => name !== "event_type" && name !== "event_date" && name !== "algo_version",
);
