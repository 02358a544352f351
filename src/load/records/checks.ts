/** Gatebook's own checks of the loads, beside the analysts' checks. */
import { check, listed } from "../../model/check-result.ts";
import type { Config } from "../../model/config.ts";
import type { CheckResult, LoadRecord } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";
import type { SetApart } from "../events/named-sources.ts";
import type { SkippedFile } from "../files/skipped.ts";
import { changedColumns } from "./changed-columns.ts";
import {
  checkNone,
  copiedFiles,
  lateRows,
  missingFiles,
  refusedFiles,
  skippedFiles,
  unnamedSources,
  vanishedFiles,
} from "./file-checks.ts";
import type { KnownFile } from "./loads-table.ts";
import { exampleText, LATE_REASON, type RejectExample } from "./reject-examples.ts";
import { unboundColumns } from "./unbound-columns.ts";

export interface LoadedFiles {
  readonly known: readonly KnownFile[];
  readonly retentionStart: Day | null;
  readonly rejectExamples: readonly RejectExample[];
  readonly leftOut: readonly SetApart[];
  readonly skipped: readonly SkippedFile[];
  readonly missing: readonly string[];
}

/**
 * Files with nothing but closed days are history: they are recorded, and no longer checked. But days of the active gate are judged by
 * their sums whether they are closed or not, and a rerun must not think better of the rows that they lack.
 */
export function loadChecks(
  { known, retentionStart, rejectExamples, leftOut, skipped, missing }: LoadedFiles,
  config: Config,
): CheckResult[] {
  const since = (first: Day | null): readonly KnownFile[] =>
    known.filter(({ record }) => first === null || record.lastDay === null || record.lastDay >= first);
  const { started } = config.activeGate;
  const isJudged = retentionStart !== null && started !== null && started.day < retentionStart;
  const open = since(retentionStart);
  const judged = since(isJudged ? started.day : retentionStart);
  return [
    accounting(known.map(({ record }) => record)),
    refusedFiles(open),
    rejectedRows(judged, rejectExamples, config),
    conflicts(judged, config),
    lateRows(open),
    copiedFiles(judged),
    vanishedFiles(open),
    changedColumns(known, config, retentionStart),
    ...unnamedSources(leftOut),
    ...skippedFiles(skipped),
    ...missingFiles(missing),
    ...unboundColumns(open, config),
  ];
}

type Count = "read" | "loaded" | "duplicates" | "conflicts" | "rejected";

function sumOf(records: readonly LoadRecord[], count: Count): number {
  return records.reduce((sum, record) => sum + record[count], 0);
}

function accounting(records: readonly LoadRecord[]): CheckResult {
  const [read, loaded] = [sumOf(records, "read"), sumOf(records, "loaded")];
  const [duplicates, rejected] = [sumOf(records, "duplicates"), sumOf(records, "rejected")];
  const total = loaded + duplicates + rejected;
  return check(
    "load_accounting",
    "Every row read is accounted for",
    "read = loaded + duplicates + rejected, over all files",
    "block",
    {
      passes: read === total,
      observed: total,
      expected: read,
      detail: `${countText(read)} read = ${countText(loaded)} loaded + ${countText(duplicates)} duplicates + ${countText(rejected)} rejected`,
    },
  );
}

function rejectedRows(
  known: readonly KnownFile[],
  examples: readonly RejectExample[],
  config: Config,
): CheckResult {
  const bySource = config.sources.map(({ name }) => {
    const records = known.flatMap(({ record }) => (record.source === name ? [record] : []));
    const read = sumOf(records, "read");
    // rows of closed days are valid; they have a check of their own
    const late = records.reduce((sum, record) => sum + (record.rejectedByReason[LATE_REASON] ?? 0), 0);
    const bad = sumOf(records, "rejected") - late;
    const example = examples.find(({ source }) => source === name);
    const quoted = example === undefined ? "" : `, e.g. ${exampleText(example)}`;
    const share = read === 0 ? 0 : bad / read;
    const text = `${name}: ${countText(bad)} of ${countText(read)} rows (${reasonsOf(records)})${quoted}`;
    return { bad, share, text };
  });
  const worst = Math.max(0, ...bySource.map(({ share }) => share));
  const limit = config.maxRejected;
  const found = bySource.filter(({ bad }) => bad > 0).toSorted((a, b) => b.share - a.share);
  return check(
    "rejected_rows",
    "Rejected rows stay within max_rejected",
    "Share of a source's rows that could not be read",
    "block",
    {
      passes: worst <= limit,
      observed: worst,
      expected: limit,
      detail: listed(found.map(({ text }) => text)),
    },
  );
}

function reasonsOf(records: readonly LoadRecord[]): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const [reason, rows] of Object.entries(record.rejectedByReason)) {
      if (reason !== LATE_REASON) counts.set(reason, (counts.get(reason) ?? 0) + rows);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, rows]) => `${reason} ${countText(rows)}`)
    .join(", ");
}

function conflicts(known: readonly KnownFile[], config: Config): CheckResult {
  const records = known.map(({ record }) => record);
  const total = sumOf(records, "conflicts");
  const blocks = total > config.maxRejected * sumOf(records, "read");
  const description = "Rows whose event_id another row has with other content; the earliest counts";
  return checkNone(
    ["conflicting_event_ids", "One event_id, one event", description],
    blocks ? "block" : "warn",
    records.filter((record) => record.conflicts > 0).map(({ file, conflicts: rows }) => `${file}: ${rows}`),
    total,
  );
}
