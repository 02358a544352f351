/** The `load_files` table: one row per export file ever taken, mapped to and from a LoadRecord. */
import type { Engine, Row } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { LoadRecord } from "../../model/result.ts";
import type { Day, Scalar } from "../../model/words.ts";
import type { FileTask } from "../plan.ts";

export interface KnownFile {
  readonly fileId: number;
  readonly kind: "events" | "lookup";
  readonly modifiedNs: string;
  /** Hash of everything but the file that its rows depend on: source settings, staging SQL, time zone. */
  readonly loadFingerprint: string;
  /** The earliest day of a row rejected as too far ahead: from then on the file is worth another reading. */
  readonly retryFrom: Day | null;
  /** Canonical columns with data. */
  readonly present: readonly string[];
  readonly record: LoadRecord;
}

export async function readKnownFiles(engine: Engine): Promise<KnownFile[]> {
  const rows = await engine.rows("SELECT * FROM load_files ORDER BY source, file");
  return rows.map((row) => ({
    fileId: Number(row["file_id"]),
    kind: row["kind"] === "lookup" ? "lookup" : "events",
    modifiedNs: textOf(row["modified_ns"]),
    loadFingerprint: textOf(row["recipe"]),
    retryFrom: dayOrNull(row["retry_from"]),
    present: texts(row["present"]),
    record: recordOf(row),
  }));
}

function recordOf(row: Row): LoadRecord {
  const status = row["status"];
  return {
    source: textOf(row["source"]),
    file: textOf(row["file"]),
    status: status === "vanished" || status === "refused" ? status : "loaded",
    lines: row["lines"] === null ? null : Number(row["lines"]),
    read: Number(row["read"]),
    loaded: Number(row["loaded"]),
    duplicates: Number(row["duplicates"]),
    conflicts: Number(row["conflicts"]),
    rejected: Number(row["rejected"]),
    rejectedByReason: JSON.parse(textOf(row["rejected_by_reason"])) as Record<string, number>,
    bytes: Number(row["bytes"]),
    modifiedAt: textOf(row["modified_at"]),
    sha256: textOf(row["sha256"]),
    snapshot: row["snapshot"] == null ? null : String(row["snapshot"]),
    firstDay: dayOrNull(row["first_day"]),
    lastDay: dayOrNull(row["last_day"]),
    columns: texts(row["columns"]),
    notes: texts(row["notes"]),
  };
}

type Recorded = Partial<LoadRecord> & Pick<LoadRecord, "status" | "notes">;

interface RecordedTask extends Pick<FileTask, "fileId" | "loadFingerprint"> {
  readonly file: Pick<FileTask["file"], "source" | "file" | "bytes" | "modifiedNs">;
}

/** Nothing counted, but for what is given. */
export function knownFile(
  { file, fileId, loadFingerprint }: RecordedTask,
  { record, ...more }: Partial<Omit<KnownFile, "record">> & { readonly record: Recorded },
): KnownFile {
  return {
    fileId,
    kind: "events",
    modifiedNs: file.modifiedNs,
    loadFingerprint,
    retryFrom: null,
    present: [],
    ...more,
    record: {
      source: file.source.name,
      file: file.file,
      lines: null,
      read: 0,
      loaded: 0,
      duplicates: 0,
      conflicts: 0,
      rejected: 0,
      rejectedByReason: {},
      bytes: file.bytes,
      modifiedAt: isoOfNanoseconds(file.modifiedNs),
      sha256: "",
      snapshot: null,
      firstDay: null,
      lastDay: null,
      columns: [],
      ...record,
    },
  };
}

/** Replaces the rows of the files. */
export async function writeKnownFiles(engine: Engine, known: readonly KnownFile[]): Promise<void> {
  const ids = known.map(({ fileId }) => fileId);
  const rows = known.map(rowOf);
  const values = rows.map((row) => `(${Object.values(row).map(literal).join(", ")})`);
  await engine.execute(`DELETE FROM load_files WHERE file_id IN (${ids.join(", ")});
    INSERT INTO load_files (${Object.keys(rows[0] ?? {}).join(", ")}) VALUES ${values.join(", ")}`);
}

/** Column → value: keys in snake case, but for one that had another name. */
function rowOf({ record, loadFingerprint, ...known }: KnownFile): Readonly<Record<string, unknown>> {
  const modifiedAt = record.modifiedAt.replace(/Z$/, "");
  const values = Object.entries({ ...known, recipe: loadFingerprint, ...record, modifiedAt });
  return Object.fromEntries(
    values.map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

export async function setStatus(engine: Engine, fileId: number, status: LoadRecord["status"]): Promise<void> {
  await engine.execute(`UPDATE load_files SET status = ${sqlText(status)} WHERE file_id = ${fileId}`);
}

function literal(value: unknown): string {
  if (typeof value === "number") return String(value);
  return sqlText(value === null || typeof value === "string" ? value : JSON.stringify(value));
}

/** "1767323045123456789" → "2026-01-02T03:04:05.123Z". */
function isoOfNanoseconds(nanoseconds: string): string {
  return new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
}

function textOf(value: Scalar | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function texts(value: Scalar | undefined): string[] {
  return JSON.parse(textOf(value)) as string[];
}

function dayOrNull(value: Scalar | undefined): Day | null {
  return value === null || value === undefined ? null : String(value);
}
