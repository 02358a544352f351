import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// `npm test` runs what is fast; `npm run test:browser` needs Chromium; `npm run test:trino` a cluster (test/engine/cluster/); `npm run
// test:slow` takes minutes. CI runs them all.
const lanes: Readonly<Record<string, readonly string[]>> = {
  browser: ["test/browser/**/*.browser.ts"],
  // properties run in both lanes: a few cases there, many here
  slow: ["test/**/*.slow.ts", "test/**/*.property.test.ts"],
  trino: ["test/**/*.trino.ts"],
};
const asked = process.env["GATEBOOK_TESTS"] ?? "";
/** Shell scripts and systemd units. */
const notOnWindows = ["test/workspace/nightly.test.ts"];
const lane = lanes[asked] ?? ["test/**/*.test.ts"];

export default defineConfig({
  test: {
    include: [...lane],
    exclude: process.platform === "win32" ? notOnWindows : [],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // a page that is watched has as long as a test has
    expect: { poll: { timeout: 60_000 } },
    globalSetup: "test/helpers/run-folder.ts",
    pool: "forks",
    // tests of processes and browsers also wait for them; each worker more imports and warms up anew
    maxWorkers: Math.ceil(availableParallelism() * (asked === "" ? 1 : 1.5)),
    // one cluster for all of them, and some kill its nodes
    fileParallelism: asked !== "trino",
    // Files share a process and what it has imported: half the time. A test leaves no trace in process or modules.
    isolate: false,
  },
});
