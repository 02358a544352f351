/** Workspaces to begin with whose events have another shape than the sample's: each a folder of files in `examples/`, and its data. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../engine/engine.ts";
import { addDays } from "../model/calendar.ts";
import { GatebookError } from "../model/error.ts";
import type { Day } from "../model/words.ts";
import { writeExport } from "./exports/exports-folder.ts";
import { configDumpText, dotenvPath, dotenvText, dumpPath } from "./exports/settings.ts";
import { type SampleOptions, writeSample } from "./sample.ts";
import type { Scenario } from "./scenario.ts";
import { defaultFirstDay } from "./traffic/schedule.ts";

export const exampleNames = ["shop", "wide-log", "hourly", "conversion", "trino"] as const;
export type ExampleName = (typeof exampleNames)[number];

interface ExampleData {
  readonly days: number;
  /** What is planted in its exports, and how much there is of it. Null: it has no exports, its README says how its events are made. */
  readonly sample: (Pick<SampleOptions, "seed" | "usersPerDay"> & { readonly scenario: Scenario }) | null;
  /** Shipped files of queries/ that its exports have nothing for. */
  readonly without: readonly string[];
  /** Whether the app's settings are among its exports. */
  readonly settings: boolean;
}

const SAVES = ["metrics/save_rate.sql", "checks/save_events_present.sql", "cells/save_events_by_day.sql"];
const DWELL = [
  ...["metrics/long_dwell_share.sql", "checks/dwell_nulls_by_variant.sql"],
  ...["cells/dwell_distribution.sql", "cells/known_dwell_share.sql"],
];
const METADATA = ["checks/metadata_present.sql"];
const ITEMS = [
  ...["metrics/near_duplicate_share.sql", "metrics/top_author_share.sql", "metrics/top_category_share.sql"],
  ...["relations/author_days.sql", "relations/category_days.sql", "relations/duplicate_days.sql"],
  ...["cells/concentration_curve.sql", "cells/concentration_curve.vl.json", "cells/top_authors.sql"],
];

const data: Readonly<Record<ExampleName, ExampleData>> = {
  shop: {
    days: 4,
    sample: { scenario: "rollback", seed: 1, usersPerDay: 1200 },
    without: [],
    settings: true,
  },
  "wide-log": {
    days: 4,
    sample: { scenario: "healthy", seed: 2, usersPerDay: 1200 },
    without: [...SAVES, ...METADATA, ...ITEMS],
    settings: false,
  },
  hourly: {
    days: 3,
    sample: { scenario: "severe", seed: 3, usersPerDay: 4800 },
    without: [...SAVES, ...METADATA],
    settings: false,
  },
  conversion: {
    days: 4,
    sample: { scenario: "warning", seed: 4, usersPerDay: 2400 },
    without: [...SAVES, ...DWELL, ...METADATA, ...ITEMS],
    settings: false,
  },
  trino: { days: 4, sample: null, without: [...SAVES, ...METADATA], settings: false },
};

export interface Example {
  /** "queries/metrics/save_rate.sql": shipped files that the workspace does without. */
  readonly without: readonly string[];
  /** By path relative to the workspace, in the place of the shipped ones. */
  readonly files: ReadonlyMap<string, string>;
  /** For --date: the last day of its events. */
  readonly date: Day;
  /** False: its events are made by the steps of its README. */
  readonly hasExports: boolean;
}

/** What the example's workspace has besides the shipped files, or in their place. */
export function readExample(name: ExampleName): Example {
  const folder = folderOf(name);
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== RESHAPE)
    .map((entry) => join(entry.parentPath, entry.name));
  const { days, sample, without } = data[name];
  return {
    without: without.map((path) => `queries/${path}`),
    files: new Map(
      files.map((file) => [relative(folder, file).replaceAll("\\", "/"), readFileSync(file, "utf8")]),
    ),
    date: addDays(defaultFirstDay, days - 1),
    hasExports: sample !== null,
  };
}

/** Statements that make the example's exports of a day of the sample's: {sample} and {exports} are folders, {date} and {hour} go on. */
const RESHAPE = "exports.sql";

/**
 * Writes the example's exports below `root`: a sample whose files are written again in another shape, the same bytes every time when
 * the engine has one thread. Nothing where it has none.
 */
export async function writeExample(
  name: ExampleName,
  root: string,
  openEngine: () => Promise<Engine>,
): Promise<void> {
  const { days, sample, settings } = data[name];
  if (sample === null) return;
  const exports = join(root, "exports");
  const folder = mkdtempSync(join(tmpdir(), "gatebook-example-"));
  try {
    await writeSample({ root: folder, days, ...sample }, openEngine);
    await reshape(name, { sample: join(folder, "exports"), exports }, openEngine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!settings) return;
  writeExport(root, dotenvPath, dotenvText());
  writeExport(root, dumpPath, configDumpText());
}

async function reshape(
  name: ExampleName,
  folders: Readonly<Record<"sample" | "exports", string>>,
  openEngine: () => Promise<Engine>,
): Promise<void> {
  const statements = readFileSync(join(folderOf(name), RESHAPE), "utf8")
    .trim()
    .split(/;\n\n/);
  const engine = await openEngine();
  try {
    for (const date of datesOf(name))
      for (const statement of statements)
        for (const hour of statement.includes("{hour}") ? HOURS : [""]) {
          const sql = filledIn(statement, { ...folders, date, hour });
          for (const [, path = ""] of sql.matchAll(/\bTO '((?:[^']|'')+)'/g))
            mkdirSync(dirname(path.replaceAll("''", "'")), { recursive: true });
          await engine.execute(sql);
        }
  } finally {
    engine.close();
  }
}

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));

/** filledIn("FROM '{sample}/a.csv'", { sample: "/tmp/s" }) → "FROM '/tmp/s/a.csv'" */
function filledIn(statement: string, places: Readonly<Record<string, string>>): string {
  return statement.replace(/\{(\w+)\}/g, (_, place: string) =>
    (places[place] ?? "").replaceAll("\\", "/").replaceAll("'", "''"),
  );
}

function datesOf(name: ExampleName): readonly Day[] {
  return Array.from({ length: data[name].days }, (_, index) => addDays(defaultFirstDay, index));
}

/** Throws GatebookError `usage` where the workspace at `root` has exports already. */
export function refuseExports(root: string): void {
  const folder = join(root, "exports");
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new GatebookError("usage", "exports/ contains files already", {
    where: { file: folder },
    hint: "make the example in a folder of its own: gatebook init DIR --example NAME",
  });
}

/** Beside this file in the sources; the compiled one finds it there, too, as the package ships it. */
function folderOf(name: ExampleName): string {
  return fileURLToPath(new URL(`../../src/sample/examples/${name}/`, import.meta.url));
}
