/** Everything that is measured on one format, once a round and in turn. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { measured, measuredProgram } from "./child.mjs";
import { addExports, cli, exportsOf, makeWorkspace, nightOf } from "./workspace.mjs";

const bare = resolve(import.meta.dirname, "bare.mjs");
const DAYS = 14;
const MONTH = 30;

/** Returns runs by name: `[{wallMs, cpuMs, peakBytes}, …]`. Of CSV all there is, of other formats what loads two weeks. */
export async function rounds({ events, format, many, folder }) {
  const files = await exportsOf({ events, days: DAYS, format, folder });
  const work = join(folder, "workspaces");
  const kinds = [...bareKinds({ files, format, work }), ...firstNights({ files, work })];
  if (format === "csv")
    kinds.push(
      ...notebook({ files, work }),
      ...(await hourlyNights({ format, folder, work })),
      ...(await laterNights({ events, files, format, folder, work })),
      ...shortCommands({ place: join(work, "day-30"), days: MONTH }),
    );
  const found = {};
  for (let round = 0; round < many; round++) {
    for (const [name, { before = () => {}, words, cwd, program, report }] of kinds) {
      before();
      const began = Date.now();
      const run = program ? measuredProgram(program, words(), cwd()) : measured(words(), cwd?.());
      const runs = { [name]: run };
      if (report) runs[`${name}, report on disk`] = { ...run, wallMs: statSync(report()).ctimeMs - began };
      for (const [of, { wallMs }] of Object.entries(runs)) {
        found[of] = [...(found[of] ?? []), runs[of]];
        console.error(`${format} round ${round + 1}: ${of} ${(wallMs / 1000).toFixed(2)} s`);
      }
    }
  }
  rmSync(work, { recursive: true, force: true });
  return found;
}

function bareKinds({ files, format, work }) {
  const source = join(files[0], "..", `*.${format}`);
  const database = join(work, "..", "bare.duckdb");
  return ["scan", "load", "memory", "naive"].map((kind) => [
    kind,
    { words: () => bareWords(kind, source, { format, database }) },
  ]);
}

function bareWords(kind, source, { format, database }) {
  return [bare, kind, "--files", source, "--format", format, "--database", database];
}

/** notebook.py by the Python of GATEBOOK_PYTHON; no row where that one has not what it needs. */
function notebook({ files, work }) {
  const python = process.env.GATEBOOK_PYTHON ?? "python3";
  const script = resolve(import.meta.dirname, "notebook.py");
  const place = join(work, "notebook");
  mkdirSync(place, { recursive: true });
  const needed =
    "import papermill, nbconvert, nbformat, ipykernel, duckdb, pandas, numpy, altair, vl_convert";
  const ready =
    spawnSync(python, ["-c", needed]).status === 0 &&
    spawnSync(python, [script, "write", place, dirname(files[0])]).status === 0;
  if (!ready) console.error(`no notebook: ${python} has not all that notebook.py needs`);
  return ready
    ? [["notebook", { program: python, words: () => [script, "run", place], cwd: () => place }]]
    : [];
}

function firstNights({ files, work }) {
  return [14, 0].map((keepEvents) => [
    keepEvents === 0 ? "first night, no events kept" : "first night",
    firstNight({ files, place: join(work, `first-${keepEvents}`), keepEvents }),
  ]);
}

function firstNight({ files, place, keepEvents }) {
  let night = [];
  return {
    before: () => {
      ({ night } = makeWorkspace({ place, files, keepEvents, days: DAYS }));
    },
    words: () => [cli, ...night],
    cwd: () => place,
    report: () => reportOf(place),
  };
}

function reportOf(place) {
  return join(place, "reports/bench/latest/report.html");
}

/** A million events in 336 files, and in 14. */
async function hourlyNights({ format, folder, work }) {
  const exportsIn = (hourly) => exportsOf({ events: 1_000_000, days: DAYS, format, folder, hourly });
  const files = await exportsIn(true);
  return [
    bareKinds({ files, format, work })
      .find(([name]) => name === "load")
      .with(0, "load of 336 files"),
    ["first night of 336 files", firstNight({ files, place: join(work, "hourly") })],
    [
      "first night of their 14 days",
      firstNight({ files: await exportsIn(false), place: join(work, "daily") }),
    ],
  ];
}

/** A night that brings one new day, after 13 days and after 29; and one that brings nothing. */
async function laterNights({ events, files, format, folder, work }) {
  const month = await exportsOf({ events, days: MONTH, format, folder });
  const after = (name, all, keepEvents) => {
    const [kept, place] = [join(work, `kept-${name}`), join(work, name)];
    const { night } = makeWorkspace({
      place: kept,
      files: all.slice(0, -1),
      keepEvents,
      days: all.length - 1,
    });
    measured([cli, ...night], kept);
    addExports(kept, all.slice(-1));
    const { night: next } = makeWorkspace({ place, files: [], keepEvents, days: all.length });
    return {
      before: () => {
        rmSync(place, { recursive: true, force: true });
        cpSync(kept, place, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      },
      words: () => [cli, ...next],
      cwd: () => place,
      report: () => reportOf(place),
    };
  };
  const fourteenth = after("day-14", files, 14);
  const thirtieth = after("day-30", month, MONTH);
  const aggregate = {
    ...thirtieth,
    report: undefined,
    words: () => [cli, "aggregate", "--quiet", "--date", thirtieth.words().at(-1)],
  };
  const database = join(folder, "bare.duckdb");
  const into = { format, database };
  const daysBefore = join(work, "bare-13");
  mkdirSync(daysBefore, { recursive: true });
  for (const file of files.slice(0, -1)) symlinkSync(file, join(daysBefore, basename(file)));
  measured(bareWords("load", join(daysBefore, `*.${format}`), into));
  renameSync(database, join(daysBefore, "kept.duckdb"));
  return [
    ["one new day of 14", fourteenth],
    [
      "bare: one new day of 14",
      {
        before: () => cpSync(join(daysBefore, "kept.duckdb"), database),
        words: () => bareWords("day", files.at(-1), into),
      },
    ],
    ["bare load of one day of 30", { words: () => bareWords("load", month.at(-1), into) }],
    ["aggregate one new day of 30", aggregate],
    ["one new day of 30", thirtieth],
  ];
}

/** In a workspace in which a night has just been run. */
function shortCommands({ place, days }) {
  const cwd = () => place;
  const render = [cli, "render", "reports/bench/latest/result.json", "--out", "again"];
  return [
    ["again, nothing new", { words: () => [cli, ...nightOf(days)], cwd }],
    ["render alone", { words: () => render, cwd }],
    ["check", { words: () => [cli, "check"], cwd }],
    ["--help", { words: () => [cli, "--help"] }],
    ["bare node", { words: () => ["-e", "0"] }],
  ];
}
