/** Workspaces in temporary folders: the package's own rollout.yaml and queries, changed where a test wants them other. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { type SampleOptions, writeSample } from "../../src/sample/sample.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
import { initWorkspace } from "../../src/workspace/init.ts";
import { madeOnce } from "./made-once.ts";

export const packageRoot = resolve(import.meta.dirname, "../..");

/** `onTestFinished` inside a test, `afterAll` beside the tests. */
export type Finally = (remove: () => void) => void;

export function temporaryFolder(finish: Finally): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gatebook-test-")));
  finish(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Texts of rollout.yaml as it is shipped → what stands there instead. */
export type Replacements = Readonly<Record<string, string>>;

/** What `gatebook init` makes, with rollout.yaml changed. */
export async function madeWorkspace(finish: Finally, replacements: Replacements = {}): Promise<string> {
  const root = temporaryFolder(finish);
  await makeWorkspace(root, replacements);
  return root;
}

async function makeWorkspace(root: string, replacements: Replacements): Promise<void> {
  await initWorkspace({ directory: root });
  changeFile(root, "rollout.yaml", replacements);
}

/** The same, taken further by `work` (exports, nights) once for all who ask by that name; each gets a copy. */
export async function copiedWorkspace(
  finish: Finally,
  name: string,
  work: (root: string) => Promise<void>,
  replacements: Replacements = {},
): Promise<string> {
  const made = await madeOnce(`workspace-${name}`, async (folder) => {
    await makeWorkspace(folder, replacements);
    await work(folder);
  });
  const root = temporaryFolder(finish);
  cpSync(made, root, { recursive: true, preserveTimestamps: true });
  return root;
}

/** Every text must stand there exactly once: a replacement that no longer fits would test something else. */
export function changeFile(root: string, path: string, replacements: Replacements): void {
  let text = readFileSync(join(root, path), "utf8");
  for (const [before, after] of Object.entries(replacements)) {
    const times = text.split(before).length - 1;
    if (times !== 1) throw new Error(`"${before}" stands ${times} times in ${path}`);
    text = text.replace(before, () => after);
  }
  writeFileSync(join(root, path), text);
}

/** Writes files, `/` separated, below a folder. */
export function writeFilesIn(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** When the exports of a case are said to have been written: what is read of a file's time is then always the same. */
export const exportedAt = new Date("2026-02-08T02:00:00Z");

/** Exports of the same options are made once and copied. */
export async function sampleInto(
  root: string,
  options: Partial<SampleOptions> & Pick<SampleOptions, "scenario">,
): Promise<SampleTruth> {
  const whole = { days: 7, seed: 1, ...options };
  const name = Object.entries(whole).sort().flat().join("-");
  const made = await madeOnce(`sample-${name}`, async (folder) => {
    const truth = await writeSample({ ...whole, root: folder }, () => openDuckDb({ file: ":memory:" }));
    const paths = [...truth.files.map(({ path }) => path), "exports/app.env", "exports/discovery.json"];
    for (const path of paths) utimesSync(join(folder, path), exportedAt, exportedAt);
  });
  cpSync(join(made, "exports"), join(root, "exports"), { recursive: true, preserveTimestamps: true });
  return JSON.parse(readFileSync(join(root, "exports/truth.json"), "utf8")) as SampleTruth;
}
