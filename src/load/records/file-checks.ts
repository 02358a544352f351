/** Checks of whole files and sources: refused, copied, vanished, too late, or not named. */

import { check, listed } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import type { SetApart } from "../events/named-sources.ts";
import type { SkippedFile } from "../files/skipped.ts";
import type { KnownFile } from "./loads-table.ts";
import { LATE_REASON } from "./reject-examples.ts";

/** A check that passes when there is none of `items`; `observed`: what else than their number was counted. */
export function checkNone(
  [name, title, description]: readonly [name: string, title: string, description: string],
  effect: CheckResult["effect"],
  items: readonly string[],
  observed = items.length,
): CheckResult {
  const passes = items.length === 0;
  return check(name, title, description, effect, { passes, observed, expected: 0, detail: listed(items) });
}

export function refusedFiles(known: readonly KnownFile[]): CheckResult {
  const refused = known.filter(({ record }) => record.status === "refused");
  // what events are joined with comes first: without it their staging fails, too
  const files = [
    ...refused.filter(({ kind }) => kind === "lookup"),
    ...refused.filter(({ kind }) => kind !== "lookup"),
  ];
  return checkNone(
    ["refused_files", "Every file could be read", "A refused file adds no row at all"],
    "block",
    files.map(({ record }) => `${record.file} ${record.notes[0] ?? ""}`),
  );
}

/** None when every pattern has a file. What came from it on earlier nights still counts, so that a fall shows all the same. */
export function missingFiles(missing: readonly string[]): readonly CheckResult[] {
  if (missing.length === 0) return [];
  const description = "A source without files gives no new rows; those of earlier nights still count";
  return [checkNone(["missing_files", "Every source has its files", description], "block", missing)];
}

/** The same bytes under two names: with event ids the copy is all duplicates, without them its rows count twice. */
export function copiedFiles(known: readonly KnownFile[]): CheckResult {
  const byContent = new Map<string, KnownFile["record"][]>();
  for (const { record, kind } of known) {
    if (kind !== "events" || record.read === 0) continue;
    const key = `${record.source} ${record.sha256}`;
    byContent.set(key, [...(byContent.get(key) ?? []), record]);
  }
  const twice = [...byContent.values()].filter((records) => {
    const loaded = records.reduce((sum, record) => sum + record.loaded, 0);
    return records.length > 1 && loaded > (records[0]?.read ?? 0) - (records[0]?.rejected ?? 0);
  });
  const description =
    "Two files of one source with the same bytes, and no event ids to distinguish their rows";
  return checkNone(
    ["copied_files", "No file counts twice", description],
    "block",
    twice.map((records) => records.map(({ file }) => file).join(" = ")),
  );
}

export function lateRows(known: readonly KnownFile[]): CheckResult {
  const rows = (file: KnownFile): number => file.record.rejectedByReason[LATE_REASON] ?? 0;
  const late = known.filter((file) => rows(file) > 0);
  return checkNone(
    ["late_rows", "No events for closed days", "Days older than keep_events can no longer be restated"],
    "warn",
    late.map((file) => `${file.record.file}: ${rows(file)}`),
    late.reduce((sum, file) => sum + rows(file), 0),
  );
}

export function vanishedFiles(known: readonly KnownFile[]): CheckResult {
  const files = known.filter(({ record }) => record.status === "vanished");
  return checkNone(
    [
      "vanished_files",
      "Loaded files are still there",
      "The rows of a file that is gone stay in the warehouse",
    ],
    "warn",
    files.map(({ record }) => record.file),
  );
}

/**
 * None when every event is of a source that rollout.yaml names. A source that was taken out is history of this rollout and is named
 * when its events go; another rollout's closed days are in the sums for good.
 */
export function unnamedSources(leftOut: readonly SetApart[]): readonly CheckResult[] {
  const foreign = leftOut.filter(({ isOwn, closedDays }) => !isOwn && closedDays > 0);
  const set = leftOut.filter(({ rows }) => rows > 0);
  const observed = set.reduce((sum, { rows }) => sum + rows, 0);
  const make = (effect: CheckResult["effect"], detail: string): readonly CheckResult[] => [
    check(
      "unnamed_sources",
      "Every event is of a source that rollout.yaml names",
      "Events of other sources are set apart and do not count; they come back when their source is named again",
      effect,
      { passes: false, observed, expected: 0, detail },
    ),
  ];
  if (foreign.length > 0) {
    const days = foreign.map(({ source, closedDays }) => `${source} (${closedDays} days)`);
    return make(
      "block",
      `closed days include sums of sources that only another rollout.yaml of this folder names: ${listed(days)}; give each its own folder`,
    );
  }
  return set.length === 0 ? [] : make("warn", listed(set.map(rowsText)));
}

function rowsText({ source, rows, days }: SetApart): string {
  const range = days === null ? "" : ` of ${days.from} to ${days.to}`;
  return `${source} is not in rollout.yaml: ${plural(rows, "row")}${range} ${rows === 1 ? "is" : "are"} left out`;
}

/**
 * None when nothing was skipped. A marker beside a part without rows says that its writer had finished; without one it may be an export
 * that failed.
 */
export function skippedFiles(skipped: readonly SkippedFile[]): readonly CheckResult[] {
  if (skipped.length === 0) return [];
  const folderOf = ({ file }: SkippedFile): string => file.slice(0, file.lastIndexOf("/") + 1);
  const markers = skipped.filter(({ kind }) => kind === "marker");
  const finished = new Set(markers.map(folderOf));
  const empty = skipped.filter(({ kind }) => kind === "empty part");
  const text = (kind: string, files: readonly SkippedFile[]): string =>
    `${plural(files.length, kind)} (${listed(files.map(({ file }) => file))})`;
  const kinds = [
    ...(markers.length > 0 ? [text("marker", markers)] : []),
    ...(empty.length > 0 ? [text("empty part", empty)] : []),
  ];
  return [
    check(
      "skipped_files",
      "What was skipped is no export",
      "Names that begin with _ or ., and parts without a byte beside others of their folder",
      "warn",
      {
        passes: empty.every((file) => finished.has(folderOf(file))),
        observed: skipped.length,
        expected: null,
        detail: kinds.join("; "),
      },
    ),
  ];
}
