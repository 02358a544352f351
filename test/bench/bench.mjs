/**
 * How fast gatebook is, as ratios to bare DuckDB on the same exports in the same run: every round measures everything once, in
 * turn, so that a busy machine slows all of it alike. Medians are compared.
 *
 *   npm run bench -- [--events 10m] [--rounds 5] [--formats csv,jsonl,parquet] [--growth] [--folder DIR] [--quick]
 *
 * `--growth` adds first nights of 1, 10 and 50 million events, the last also under a memory limit of 1 GB. `--quick` takes a million
 * events in CSV, and fails when a ratio is beyond 1.5 times what recorded.json says. Exports are made once and kept in DIR.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./child.mjs";
import { eventCount } from "./generate.mjs";
import { measureGrowth } from "./growth.mjs";
import { rounds } from "./rounds.mjs";
import { ratioTable, report } from "./table.mjs";

const { values } = parseArgs({
  options: {
    events: { type: "string" },
    rounds: { type: "string" },
    formats: { type: "string" },
    folder: { type: "string", default: join(tmpdir(), "gatebook-bench") },
    growth: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const events = eventCount(values.events ?? (values.quick ? "1m" : "10m"));
const many = Number(values.rounds ?? (values.quick ? 2 : 5));
const formats = (values.formats ?? (values.quick ? "csv" : "csv,jsonl,parquet")).split(",");
const folder = resolve(values.folder);
mkdirSync(folder, { recursive: true });

const medians = {};
for (const format of formats) {
  const found = await rounds({ events, format, many, folder });
  medians[format] = Object.fromEntries(
    Object.entries(found).map(([name, runs]) => [
      name,
      {
        wallMs: median(runs.map(({ wallMs }) => wallMs)),
        cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
        peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
      },
    ]),
  );
  report(format, medians[format]);
}
const ratios = ratioTable(medians);
if (values.growth) await measureGrowth({ folder, many: Math.min(many, 3) });
if (values.quick) compareWithRecorded(ratios);

/** Exit 1 when something has become slower, beyond what a busy machine explains. */
function compareWithRecorded(found) {
  const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "recorded.json"), "utf8"));
  const slower = Object.entries(recorded).filter(([name, ratio]) => (found[name] ?? 0) > 1.5 * ratio);
  for (const [name, ratio] of slower)
    console.error(`${name}: ${found[name].toFixed(2)} is beyond 1.5 times the recorded ${ratio}`);
  rmSync(join(folder, "workspaces"), { recursive: true, force: true });
  process.exitCode = slower.length > 0 ? 1 : 0;
  if (slower.length === 0) console.log("no ratio is beyond 1.5 times its recorded value");
}
