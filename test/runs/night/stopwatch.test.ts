import { expect, it } from "vitest";
import type { StatementProfile } from "../../../src/model/profile.ts";
import { stopwatch } from "../../../src/runs/night/stopwatch.ts";

it("adds up what a statement took that ran several times, on a cluster, too", async () => {
  const watch = stopwatch(true);
  const once: StatementProfile = {
    ...{ what: "queries/metrics/ctr.sql", durationMs: 10, cpuMs: 4, peakBytes: 100, operators: [] },
    cluster: { rows: 9, bytes: 3000, splits: 5, nodes: 2 },
  };
  await watch.time("measure", async () => {
    watch.note(once);
    watch.note({ ...once, durationMs: 30, cluster: { rows: 23, bytes: 8000, splits: 50, nodes: 3 } });
    watch.note({ ...once, what: "SELECT 1 AS n", durationMs: 5 });
  });
  const [stage] = watch.stages();
  expect(stage?.statements).toMatchObject([
    { times: 2, durationMs: 40, cpuMs: 8, cluster: { rows: 32, bytes: 11_000, splits: 55, nodes: 3 } },
    { what: "SELECT 1 AS n", cluster: { bytes: 3000 } },
  ]);
});
