import { check, listed } from "../../model/check-result.ts";
import type { Config, Source } from "../../model/config.ts";
import type { CheckResult } from "../../model/result.ts";
import { type FoundColumns, missingEventId, unmatchedColumns } from "../events/missing-columns.ts";
import { hiveColumns } from "../files/discover.ts";
import type { KnownFile } from "./loads-table.ts";

/** None where every column that `columns` names was found, and events have ids. */
export function unboundColumns(known: readonly KnownFile[], config: Config): readonly CheckResult[] {
  const sources = config.sources.flatMap((source) => {
    const files = known.filter(({ record }) => record.source === source.name && record.status === "loaded");
    return source.kind === "events" && files.length > 0 ? [{ source, found: foundIn(files) }] : [];
  });
  return [...namedColumns(sources), ...eventIds(sources)];
}

interface LoadedSource {
  readonly source: Source;
  readonly found: FoundColumns;
}

function foundIn(files: readonly KnownFile[]): FoundColumns {
  const columns = files.flatMap(({ record }) => [...record.columns, ...hiveColumns(record.file).keys()]);
  return { columns: [...new Set(columns)], present: files.flatMap(({ present }) => present) };
}

function namedColumns(sources: readonly LoadedSource[]): readonly CheckResult[] {
  const unmatched = sources.flatMap(({ source, found }) => unmatchedColumns(source, found));
  if (unmatched.length === 0) return [];
  const effect = unmatched.some(({ isMisread }) => isMisread) ? "block" : "warn";
  return [
    check(
      "columns_found",
      "Every column that rollout.yaml names is in the files",
      "An entry of columns that matches nothing leaves its column empty",
      effect,
      {
        passes: false,
        observed: unmatched.length,
        expected: 0,
        detail: listed(unmatched.map(({ message }) => message)),
      },
    ),
  ];
}

function eventIds(sources: readonly LoadedSource[]): readonly CheckResult[] {
  const missing = sources.flatMap(({ source, found }) => missingEventId(source, found) ?? []);
  if (missing.length === 0) return [];
  const description = "Without ids a retry of the exporter looks like a second event";
  return [
    check("event_ids", "Events have ids", description, "warn", {
      passes: false,
      observed: missing.length,
      expected: 0,
      detail: listed(missing),
    }),
  ];
}
