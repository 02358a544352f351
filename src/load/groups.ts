/**
 * Which files are read together. A statement costs milliseconds whatever it reads, and a file takes twenty of them: exports by
 * the hour, a fortnight of which is 336 files, would spend their night on statements. Large files stay by themselves.
 */
import type { SourceFormat } from "../model/config.ts";
import { hiveValues } from "./events/binding.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import type { FileTask } from "./plan.ts";

/** From here on a file is large: it has a transaction of its own, and its rows are stored in any order. */
const LARGE_BYTES = 1 << 25;
const MOST_FILES = 200;
const MOST_BYTES = 1 << 26;
/** What gzip makes of text, about: how large it is unpacked is not known before. */
const GZIP_DENSITY = 8;

/** How many bytes of CSV the same events would be, about: Parquet takes a quarter of them. */
function asTextBytes(format: SourceFormat, bytes: number): number {
  return format === "parquet" ? bytes * 4 : bytes;
}

export function isLarge(format: SourceFormat, bytes: number): boolean {
  return asTextBytes(format, bytes) >= LARGE_BYTES;
}

/** In the order of `tasks`; a large file is a group of its own. */
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

/** Nothing is known of it that would ask for more than the strict way. */
function isPlain({ file, hadRows }: FileTask): boolean {
  return (
    !hadRows &&
    file.problem === null &&
    file.source.staging === null &&
    // unpacked by the engine, which is busy with the group before
    file.compression !== "zstd" &&
    file.breaksReader !== true &&
    file.readsAlone !== true &&
    textBytes(file) < LARGE_BYTES
  );
}

function isAlike(one: DiscoveredFile, other: DiscoveredFile): boolean {
  const hive = (file: DiscoveredFile): string => JSON.stringify([...hiveValues(file)]);
  return one.source.name === other.source.name && one.format === other.format && hive(one) === hive(other);
}

function textBytes({ format, compression, bytes }: DiscoveredFile): number {
  return asTextBytes(format, bytes) * (compression === "gzip" && format !== "parquet" ? GZIP_DENSITY : 1);
}
