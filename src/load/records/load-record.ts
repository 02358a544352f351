/** What the books say of a file that was loaded. */
import type { Day } from "../../model/words.ts";
import type { CanonicalName } from "../events/columns.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import type { Fingerprint } from "../files/prepare.ts";
import type { Rejects } from "./file-facts.ts";
import { isoOfNanoseconds, type KnownFile } from "./loads-table.ts";

export interface LoadMode {
  /** Rows the source yielded, and rows the reader refused. */
  readonly read: number;
  readonly fingerprint: Fingerprint;
}

export interface LoadedFile {
  readonly file: DiscoveredFile;
  readonly fileId: number;
  readonly recipe: string;
  /** As found in the file, before any staging. */
  readonly columns: readonly string[];
  readonly reading: LoadMode;
  /** Rows that are events, duplicates among them. */
  readonly accepted: { readonly rows: number; readonly first: Day | null; readonly last: Day | null };
  readonly rejects: Rejects;
  readonly present: readonly CanonicalName[];
  readonly notes: readonly string[];
}

/** Before duplicates are looked for: none is counted yet. */
export function loadedFile(load: LoadedFile): KnownFile {
  const { file, reading, accepted, rejects } = load;
  return {
    fileId: load.fileId,
    kind: "events",
    modifiedNs: file.modifiedNs,
    recipe: load.recipe,
    retryFrom: rejects.retryFrom,
    present: load.present,
    record: {
      source: file.source.name,
      file: file.file,
      status: "loaded",
      lines: reading.fingerprint.lines,
      read: reading.read,
      loaded: accepted.rows,
      duplicates: 0,
      conflicts: 0,
      rejected: rejects.rows,
      rejectedByReason: rejects.byReason,
      bytes: file.bytes,
      modifiedAt: isoOfNanoseconds(file.modifiedNs),
      sha256: reading.fingerprint.sha256,
      firstDay: accepted.first,
      lastDay: accepted.last,
      columns: load.columns,
      notes: load.notes,
    },
  };
}
