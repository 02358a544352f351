import { defineConfig } from "vitest/config";

// Browser tests need Chromium: `npm run test:browser` runs them, `npm test` does not.
const isBrowser = process.env["GATEBOOK_TESTS"] === "browser";

export default defineConfig({
  test: {
    include: [isBrowser ? "test/browser/**/*.browser.ts" : "test/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: "forks",
    // Files share a process and what it has imported: half the time. A test leaves no trace in process or modules.
    isolate: false,
  },
});
