/** Workspaces to measure in: the shipped queries over generated exports, nothing else. */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dayName, generate, partsOf } from "./generate.mjs";

export const cli = resolve(import.meta.dirname, "../../dist/cli.js");

/** Exports of this size and shape, made when they are not there yet. Returns their paths in order of day. */
export async function exportsOf({ events, days, format, folder, hourly = false }) {
  const place = join(folder, `${events}-${days}${hourly ? "-hourly" : ""}-${format}`);
  const files = Array.from({ length: days }, (_, index) => partsOf(dayName(index), hourly))
    .flat()
    .map(({ name }) => join(place, `${name}.${format}`));
  if (files.every((file) => existsSync(file))) return files;
  console.error(`making ${events.toLocaleString("en-US")} events in ${format}`);
  return await generate({ events, days, format, folder: place, hourly });
}

/** A workspace whose exports are links to `files`; `keepEvents` as in rollout.yaml. */
export function makeWorkspace({ place, files, keepEvents = 14, days }) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, "exports"), { recursive: true });
  addExports(place, files);
  writeFileSync(
    join(place, "rollout.yaml"),
    `rollout: { name: bench, baseline: clip-cosine-v1, candidate: clip-cosine-v2, time_zone: UTC }
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: ${dayName(0)}, min_days: 2 }
  - { name: g50, exposure: 50%, min_days: 3 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }
  long_dwell_share: { drop: { warning: 4%, rollback: 8%, severe: 12% } }
  top_author_share: { rise: { warning: 10%, rollback: 15% } }
  top_category_share: { rise: { warning: 10%, rollback: 15% } }
  near_duplicate_share: { rise: { warning: 10%, rollback: 15% } }
keep_events: ${keepEvents}
sources:
  - { name: events, files: "exports/*", follow_links: true }
`,
  );
  return { place, night: nightOf(days) };
}

export function addExports(place, files) {
  for (const file of files) symlinkSync(file, join(place, "exports", file.split("/").at(-1)));
}

export function nightOf(days) {
  return ["run", "--quiet", "--date", dayName(days - 1)];
}
