/**
 * A fault of the engine's own reader (an export cut within a character of its last row can bring it about): that engine does nothing
 * more. Whoever loads opens a new one, and the file at fault is read by gatebook's own scanner.
 */
import { type EngineError, isEngineError } from "../../engine/engine-error.ts";
import { GatebookError } from "../../model/error.ts";
import type { DiscoveredFile } from "./discover.ts";

class ReaderBroke extends GatebookError {
  /** One, or several that were read together and of which one is to blame. */
  readonly files: readonly string[];

  constructor(files: readonly string[], error: EngineError) {
    const [first = "", ...others] = files;
    const named = others.length === 0 ? first : `${first} or one of the ${others.length} files after it`;
    super("store", `DuckDB internal error while reading ${named}: ${error.reason}`, {
      where: { file: first },
      hint: "export that file again or take it out of the pattern; what was loaded before is whole",
      cause: error,
    });
    this.files = files;
  }
}

/** `error` as the fault of one of the files when the engine is of no more use, else as it is. */
export function readerFault(files: readonly string[], error: unknown): unknown {
  return isEngineError(error, "crashed") ? new ReaderBroke(files, error) : error;
}

/**
 * `load` opens an engine of its own and loads the files as `marked`. Where one breaks the engine it is called again with that file
 * marked; a file that breaks it once more is thrown, and so is any other error.
 */
export async function loadAroundFaults<T>(
  load: (marked: (files: readonly DiscoveredFile[]) => readonly DiscoveredFile[]) => Promise<T>,
  report: (text: string) => void,
): Promise<T> {
  const broken = new Set<string>();
  let readsAlone = false;
  for (;;) {
    try {
      return await load((files) =>
        files.map((file) => ({ ...file, readsAlone, breaksReader: broken.has(file.file) })),
      );
    } catch (error) {
      const [file, ...others] = error instanceof ReaderBroke ? error.files : [];
      if (file === undefined || broken.has(file)) throw error;
      if (others.length === 0) broken.add(file);
      else readsAlone = true;
      const how = others.length === 0 ? "it row by row" : `it and ${others.length} files after it one by one`;
      report(`DuckDB failed on ${file}: reading ${how}`);
    }
  }
}
