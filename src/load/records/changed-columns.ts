/**
 * Columns that a source's files had and no longer have: `meta` becomes `metadata` becomes `props`. A file is compared with the most
 * alike of the days before it, since one source may deliver files of several shapes. Only what gatebook reads counts.
 */
import type { Config, Source } from "../../model/config.ts";
import { columnsOf } from "../../model/event-columns.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { acceptedNames } from "../events/binding.ts";
import { checkNone } from "./file-checks.ts";
import type { KnownFile } from "./loads-table.ts";

/** Days with files that show what shapes a source has: a clicks file may be absent for a day. */
const RECENT_DAYS = 3;

interface DatedFile {
  readonly file: string;
  readonly day: Day;
  readonly columns: readonly string[];
}

/** `from`: changes before it are of another gate, or of days no longer kept. */
export function changedColumns(
  known: readonly KnownFile[],
  { sources, activeGate }: Config,
  from: Day | null,
): CheckResult {
  const since = [activeGate.started?.day ?? "", from ?? ""].sort().at(-1) ?? "";
  const changes = sources
    .filter(({ kind }) => kind === "events")
    .flatMap((source) => changesOf(source, datedFiles(known, source.name), since));
  const description = "A column that a source's files had on the days before and no longer have";
  return checkNone(["changed_columns", "Columns keep their names", description], "warn", changes);
}

function datedFiles(known: readonly KnownFile[], source: string): readonly DatedFile[] {
  return known
    .flatMap(({ record }) =>
      record.source === source && record.firstDay !== null
        ? [{ file: record.file, day: record.firstDay, columns: record.columns }]
        : [],
    )
    .toSorted((a, b) => (`${a.day} ${a.file}` < `${b.day} ${b.file}` ? -1 : 1));
}

/** Each change once: of many files of a day the first. */
function changesOf(source: Source, files: readonly DatedFile[], since: Day): readonly string[] {
  const days = [...new Set(files.map(({ day }) => day))];
  const changes = new Map<string, string>();
  for (const file of files) {
    const recent = days.filter((day) => day < file.day).slice(-RECENT_DAYS);
    const before = mostAlike(
      file,
      files.filter(({ day }) => recent.includes(day)),
    );
    const change = before === null || file.day < since ? null : changeOf(source, before, file);
    const key = `${change} on ${file.day}`;
    if (change !== null && !changes.has(key)) changes.set(key, `${source.name}: ${key} (${file.file})`);
  }
  return [...changes.values()];
}

/** By shared columns over all of both; the latest of equals. */
function mostAlike({ columns }: DatedFile, others: readonly DatedFile[]): DatedFile | null {
  const alike = (other: DatedFile): number => {
    const shared = other.columns.filter((name) => columns.includes(name)).length;
    return shared / (columns.length + other.columns.length - shared);
  };
  return others.reduce<DatedFile | null>(
    (best, other) => (best === null || alike(other) >= alike(best) ? other : best),
    null,
  );
}

/** "meta became metadata", "position is gone"; null when no column is missing. */
function changeOf(source: Source, before: DatedFile, after: DatedFile): string | null {
  const gone = before.columns.filter((name) => !after.columns.includes(name) && isRead(source, name));
  const fresh = after.columns.filter((name) => !before.columns.includes(name));
  if (gone.length === 0) return null;
  if (gone.length === 1 && fresh.length === 1) return `${gone[0]} became ${fresh[0]}`;
  const verb = gone.length === 1 ? "is" : "are";
  const instead = fresh.length === 0 ? "" : `, new: ${fresh.join(", ")}`;
  return `${gone.join(", ")} ${verb} gone${instead}`;
}

function isRead(source: Source, name: string): boolean {
  const lower = name.toLowerCase();
  return (
    source.staging !== null ||
    columnsOf(source).some((canonical) =>
      acceptedNames(source, canonical).some((accepted) => accepted.toLowerCase() === lower),
    )
  );
}
