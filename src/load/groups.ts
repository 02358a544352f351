/**
 * Which files are read together. A statement costs milliseconds whatever it reads, and a file takes twenty of them: exports by
 * the hour, a fortnight of which is 336 files, would spend their night on statements. Large files stay by themselves.
 */
import type { DiscoveredFile } from "./discover.ts";
import type { FileTask } from "./take-file.ts";

const MOST_FILES = 200;
const MOST_BYTES = 1 << 26;
/** A larger file has a transaction of its own. */
const SMALL_BYTES = 1 << 25;

/** How many bytes of CSV the same events would be, about: gzip and Parquet are dense. */
const density = { gzip: 8, parquet: 4, text: 1 };

/** In the order of `tasks`; most groups of a few large files hold one. */
export function groupTasks(tasks: readonly FileTask[]): readonly (readonly FileTask[])[] {
  const groups: FileTask[][] = [];
  let bytes = 0;
  for (const task of tasks) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const size = textBytes(task.file);
    const fits = group !== undefined && group.length < MOST_FILES && bytes + size <= MOST_BYTES;
    if (fits && first !== undefined && isPlain(first) && isPlain(task) && isAlike(first.file, task.file)) {
      group.push(task);
      bytes += size;
    } else {
      groups.push([task]);
      bytes = size;
    }
  }
  return groups;
}

/** Nothing is known of it that would ask for more than the fast path. */
function isPlain({ file, hadRows }: FileTask): boolean {
  return (
    !hadRows &&
    file.problem === null &&
    file.source.staging === null &&
    // unpacked by the engine, which is busy with the group before
    file.compression !== "zstd" &&
    file.breaksReader !== true &&
    file.readsAlone !== true &&
    textBytes(file) < SMALL_BYTES
  );
}

function isAlike(one: DiscoveredFile, other: DiscoveredFile): boolean {
  const hive = (file: DiscoveredFile): string => JSON.stringify([...file.hive]);
  return one.source.name === other.source.name && one.format === other.format && hive(one) === hive(other);
}

function textBytes({ format, compression, bytes }: DiscoveredFile): number {
  return (
    bytes * (format === "parquet" ? density.parquet : compression === "gzip" ? density.gzip : density.text)
  );
}
