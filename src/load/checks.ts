/** What gatebook itself has to say about the loads, as checks beside the analysts' own. */
import type { Config } from "../model/config.ts";
import type { CheckResult } from "../model/result.ts";
import type { Day, Scalar } from "../model/words.ts";
import type { KnownFile } from "./loads-table.ts";

interface Finding {
  readonly passes: boolean;
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
}

/** Files that hold nothing but closed days are history: they are recorded, and no longer checked. */
export function loadChecks(
  known: readonly KnownFile[],
  config: Config,
  firstOpenDay: Day | null,
): CheckResult[] {
  const open = known.filter(
    ({ record }) => firstOpenDay === null || record.lastDay === null || record.lastDay >= firstOpenDay,
  );
  return [
    accounting(known),
    refused(open),
    rejected(open, config),
    conflicts(open, config),
    closed(open),
    vanished(open),
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
      detail: `${sums.read} read = ${sums.loaded} loaded + ${sums.duplicates} duplicates + ${sums.rejected} rejected`,
    },
  );
}

function refused(known: readonly KnownFile[]): CheckResult {
  const files = known.filter(({ record }) => record.status === "refused");
  return check("refused_files", "Every file could be read", "A refused file adds no row at all", "block", {
    passes: files.length === 0,
    observed: files.length,
    expected: 0,
    detail: listed(files.map(({ record }) => `${record.file} ${record.notes[0] ?? ""}`)),
  });
}

function rejected(known: readonly KnownFile[], config: Config): CheckResult {
  const bySource = config.sources.map(({ name }) => {
    const records = known.flatMap(({ record }) => (record.source === name ? [record] : []));
    const read = records.reduce((sum, record) => sum + record.read, 0);
    // rows of closed days are sound; they have a check of their own
    const bad = records.reduce(
      (sum, record) => sum + record.rejected - (record.rejectedByReason["date_closed"] ?? 0),
      0,
    );
    return { name, bad, share: read === 0 ? 0 : bad / read, reasons: reasonsOf(records) };
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
        bySource.filter(({ bad }) => bad > 0).map(({ name, bad, reasons }) => `${name}: ${bad} (${reasons})`),
      ),
    },
  );
}

function reasonsOf(records: readonly KnownFile["record"][]): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const [reason, rows] of Object.entries(record.rejectedByReason)) {
      if (reason !== "date_closed") counts.set(reason, (counts.get(reason) ?? 0) + rows);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, rows]) => `${reason} ${rows}`)
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

function closed(known: readonly KnownFile[]): CheckResult {
  const rows = (file: KnownFile): number => file.record.rejectedByReason["date_closed"] ?? 0;
  const late = known.filter((file) => rows(file) > 0);
  return check(
    "late_rows",
    "No events for closed days",
    "Days older than keep_events can no longer be restated",
    "warn",
    {
      passes: late.length === 0,
      observed: late.reduce((sum, file) => sum + rows(file), 0),
      expected: 0,
      detail: listed(late.map((file) => `${file.record.file}: ${rows(file)}`)),
    },
  );
}

function vanished(known: readonly KnownFile[]): CheckResult {
  const files = known.filter(({ record }) => record.status === "vanished");
  return check(
    "vanished_files",
    "Loaded files are still there",
    "The rows of a file that is gone stay in the warehouse",
    "warn",
    {
      passes: files.length === 0,
      observed: files.length,
      expected: 0,
      detail: listed(files.map(({ record }) => record.file)),
    },
  );
}

function check(
  name: string,
  title: string,
  description: string,
  effect: CheckResult["effect"],
  finding: Finding,
): CheckResult {
  const status = finding.passes ? "pass" : effect === "block" ? "fail" : "warn";
  const { observed, expected, detail } = finding;
  return {
    name,
    title,
    description,
    status,
    effect,
    observed,
    expected,
    detail,
    rows: [],
    path: null,
    error: null,
  };
}

/** At most five, and how many more. */
function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join("; ");
  return items.length > 5 ? `${shown}; and ${items.length - 5} more` : shown;
}
