import { type Dirent, readdir, statSync } from "node:fs";
import { join } from "node:path";

/**
 * `fs.readdir` for a glob that must pass over nothing in silence: pipes, sockets and links to nowhere are shown as files, so that they
 * are matched and then named as what they are; `refused` is called with a folder that is there and cannot be read.
 */
export function readEverything(refused: (folder: string, error: Error) => void): typeof readdir {
  const read = (
    path: string,
    options: { readonly withFileTypes: true },
    done: (error: Error | null, entries: readonly Dirent[]) => void,
  ): void => {
    readdir(path, options, (error, entries = []) => {
      if (error !== null && error.code !== "ENOENT" && error.code !== "ENOTDIR") refused(path, error);
      done(
        error,
        entries.map((entry) => (isOrdinary(path, entry) ? entry : Object.assign(entry, shownAsFile))),
      );
    });
  };
  return read as typeof readdir;
}

const shownAsFile = { isFile: () => true, isDirectory: () => false, isSymbolicLink: () => false };

function isOrdinary(folder: string, entry: Dirent): boolean {
  if (entry.isFile() || entry.isDirectory()) return true;
  return entry.isSymbolicLink() && leadsSomewhere(join(folder, entry.name));
}

/** False for a link to nothing and for one that leads to itself. */
function leadsSomewhere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
