/** Gatebook's own checks of the loads, beside the analysts' checks. */
import { check, listed } from "../../model/check-result.ts";
import type { Config } from "../../model/config.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";
import type { SetApart } from "../events/named-sources.ts";
import { changedColumns } from "./changed-columns.ts";
import { copiedFiles, lateRows, refusedFiles, unnamedSources, vanishedFiles } from "./file-checks.ts";
import type { KnownFile } from "./loads-table.ts";
import { exampleText, type RejectExample, SOUND_REASON } from "./reject-examples.ts";

export interface LoadedFiles {
  readonly known: readonly KnownFile[];
  readonly retentionStart: Day | null;
  readonly rejectExamples: readonly RejectExample[];
  readonly leftOut: readonly SetApart[];
}

/** Files with nothing but closed days are history: they are recorded, and no longer checked. */
export function loadChecks(
  { known, retentionStart, rejectExamples, leftOut }: LoadedFiles,
  config: Config,
): CheckResult[] {
  const open = known.filter(
    ({ record }) => retentionStart === null || record.lastDay === null || record.lastDay >= retentionStart,
  );
  return [
    accounting(known),
    refusedFiles(open),
    rejected(open, rejectExamples, config),
    conflicts(open, config),
    lateRows(open),
    copiedFiles(open),
    vanishedFiles(open),
    changedColumns(known, config, retentionStart),
    ...unnamedSources(leftOut),
  ];
}

function accounting(known: readonly KnownFile[]): CheckResult {
  const sums = { read: 0, loaded: 0, duplicates: 0, rejected: 0 };
  for (const { record } of known) {
    sums.read += record.read;
    sums.loaded += record.loaded;
    sums.duplicates += record.duplicates;
    sums.rejected += record.rejected;
  }
  const total = sums.loaded + sums.duplicates + sums.rejected;
  return check(
    "load_accounting",
    "Every row read is accounted for",
    "read = loaded + duplicates + rejected, over all files",
    "block",
    {
      passes: sums.read === total,
      observed: total,
      expected: sums.read,
      detail: `${countText(sums.read)} read = ${countText(sums.loaded)} loaded + ${countText(sums.duplicates)} duplicates + ${countText(sums.rejected)} rejected`,
    },
  );
}

function rejected(
  known: readonly KnownFile[],
  examples: readonly RejectExample[],
  config: Config,
): CheckResult {
  const bySource = config.sources.map(({ name }) => {
    const records = known.flatMap(({ record }) => (record.source === name ? [record] : []));
    const read = records.reduce((sum, record) => sum + record.read, 0);
    // rows of closed days are sound; they have a check of their own
    const bad = records.reduce(
      (sum, record) => sum + record.rejected - (record.rejectedByReason[SOUND_REASON] ?? 0),
      0,
    );
    const example = examples.find(({ source }) => source === name);
    const quoted = example === undefined ? "" : `, e.g. ${exampleText(example)}`;
    const share = read === 0 ? 0 : bad / read;
    const text = `${name}: ${countText(bad)} of ${countText(read)} rows (${reasonsOf(records)})${quoted}`;
    return { bad, share, text };
  });
  const worst = Math.max(0, ...bySource.map(({ share }) => share));
  const limit = config.maxRejected;
  return check(
    "rejected_rows",
    "Rejected rows stay within max_rejected",
    "Share of a source's rows that could not be read",
    "block",
    {
      passes: worst <= limit,
      observed: worst,
      expected: limit,
      detail: listed(
        bySource
          .filter(({ bad }) => bad > 0)
          .toSorted((a, b) => b.share - a.share)
          .map(({ text }) => text),
      ),
    },
  );
}

function reasonsOf(records: readonly KnownFile["record"][]): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const [reason, rows] of Object.entries(record.rejectedByReason)) {
      if (reason !== SOUND_REASON) counts.set(reason, (counts.get(reason) ?? 0) + rows);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, rows]) => `${reason} ${countText(rows)}`)
    .join(", ");
}

function conflicts(known: readonly KnownFile[], config: Config): CheckResult {
  const total = known.reduce((sum, { record }) => sum + record.conflicts, 0);
  const read = known.reduce((sum, { record }) => sum + record.read, 0);
  const blocks = total > config.maxRejected * read;
  return check(
    "conflicting_event_ids",
    "One event_id, one event",
    "Rows whose event_id another row has with other content; the earliest counts",
    blocks ? "block" : "warn",
    {
      passes: total === 0,
      observed: total,
      expected: 0,
      detail: listed(
        known
          .filter(({ record }) => record.conflicts > 0)
          .map(({ record }) => `${record.file}: ${record.conflicts}`),
      ),
    },
  );
}
