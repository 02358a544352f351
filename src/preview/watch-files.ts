/**
 * Reports that something happened to rollout.yaml, below queries/ or templates/, or to the published warehouse. Folders are watched,
 * not files: one that an editor renames into place is another file. Where the system reports nothing (network drives, too many
 * watches), a look at times and sizes every second does.
 */
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { storePaths } from "../warehouse/paths.ts";

export interface FileWatch {
  readonly close: () => void;
}

const LOOK_MS = 1000;

/** `file` is rollout.yaml, absolute. */
export function watchFiles(file: string, onSave: () => void): FileWatch {
  const root = dirname(file);
  const { folder, warehouse } = storePaths(root);
  const tops = [join(root, "queries"), join(root, "templates")];
  const single = [file, warehouse, folder, ...tops];
  const watched = new Map<string, FSWatcher>();
  let seen = snapshot(single, tops);

  const follow = (path: string): void => {
    const watcher = watchFolder(path, (name) => {
      const isFollowed =
        path === root || path === folder ? single.includes(join(path, name)) : !isOfAnEditor(name);
      if (isFollowed) notice();
    });
    if (watcher === null) return;
    watcher.on("error", () => leave(path));
    watched.set(path, watcher);
  };
  const leave = (path: string): void => {
    watched.get(path)?.close();
    watched.delete(path);
  };
  const followFolders = (): void => {
    const present = [root, folder, ...tops, ...tops.flatMap(foldersBelow)];
    for (const path of present) if (!watched.has(path)) follow(path);
    for (const path of watched.keys()) if (!present.includes(path)) leave(path);
  };
  const notice = (): void => {
    seen = snapshot(single, tops);
    followFolders();
    onSave();
  };

  followFolders();
  const timer = setInterval(() => {
    if (snapshot(single, tops) !== seen) notice();
  }, LOOK_MS);
  return {
    close: () => {
      clearInterval(timer);
      for (const path of [...watched.keys()]) leave(path);
    },
  };
}

/** Null: there is no such folder, or the system has no watch left for it. */
function watchFolder(path: string, onEvent: (name: string) => void): FSWatcher | null {
  try {
    return watch(path, (_, name) => onEvent(name ?? ""));
  } catch {
    return null; // the look every second sees what happens there
  }
}

function foldersBelow(top: string): readonly string[] {
  return entriesOf(top)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function entriesOf(top: string) {
  try {
    return readdirSync(top, { recursive: true, withFileTypes: true });
  } catch {
    return []; // not there, or going just now
  }
}

/** Changes with every save; "" for what is not there. */
function snapshot(single: readonly string[], tops: readonly string[]): string {
  const below = tops.flatMap((top) => entriesOf(top).map((entry) => join(entry.parentPath, entry.name)));
  const files = [...single, ...below.filter((path) => !isOfAnEditor(basename(path)))];
  return files
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined || found.isDirectory()
        ? path
        : `${path} ${found.ino} ${found.mtimeMs} ${found.size}`;
    })
    .join("\n");
}

/** Swap and backup files beside the real one: ".ctr.sql.swp", "ctr.sql~", "#ctr.sql#", "4913" of vim. */
function isOfAnEditor(name: string): boolean {
  return /^\.|~$|^#.*#$|^4913$/.test(name);
}
