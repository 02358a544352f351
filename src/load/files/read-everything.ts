import { type Dirent, readdir, statSync } from "node:fs";
import { join } from "node:path";

/**
 * `fs.readdir` for a glob that must not pass over pipes, sockets and links to nowhere in silence: they are shown as
 * files, so that they are matched and then named as what they are.
 */
export const readEverything = ((
  path: string,
  options: { readonly withFileTypes: true },
  done: (error: Error | null, entries: readonly Dirent[]) => void,
): void => {
  readdir(path, options, (error, entries = []) => {
    done(
      error,
      entries.map((entry) => (isOrdinary(path, entry) ? entry : Object.assign(entry, shownAsFile))),
    );
  });
}) as typeof readdir;

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
