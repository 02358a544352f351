/** First nights of 1, 10 and 50 million events, as CSV: the time should grow no faster than the events, in bounded memory. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { measured, median } from "./child.mjs";
import { cli, exportsOf, makeWorkspace } from "./workspace.mjs";

const DAYS = 14;
const sizes = [1_000_000, 10_000_000, 50_000_000];

export async function measureGrowth({ folder, many }) {
  console.log("\nfirst nights by size");
  for (const events of sizes) {
    const files = await exportsOf({ events, days: DAYS, format: "csv", folder });
    for (const limit of [[], ["--memory-limit", "1GB"]]) {
      const place = join(folder, "growth");
      const runs = Array.from({ length: events > 10_000_000 ? 1 : many }, () => {
        const { night } = makeWorkspace({ place, files, days: DAYS });
        return measured([cli, ...night, ...limit], place);
      });
      const wallMs = median(runs.map((run) => run.wallMs));
      const peakBytes = Math.max(...runs.map((run) => run.peakBytes));
      console.log(
        `${`${events / 1e6} million${limit.length > 0 ? ", 1 GB" : ""}`.padEnd(20)}${(wallMs / 1000).toFixed(1).padStart(8)} s` +
          `${((1e9 * wallMs) / events / 1000).toFixed(0).padStart(8)} s per 1,000 million${`${Math.round(peakBytes / 1e6)} MB`.padStart(12)}`,
      );
      rmSync(place, { recursive: true, force: true });
    }
  }
}
