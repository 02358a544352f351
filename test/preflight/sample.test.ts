import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { readPreflight } from "../../src/preflight/preflight.ts";
import { configDumpText, dotenvPath, dotenvText, dumpPath } from "../../src/sample/exports/settings.ts";

it("the sample's settings pass the preflight of the shipped rollout.yaml", () => {
  const config = loadConfig("rollout.yaml");
  const now = new Date("2026-02-08T08:00:00Z");
  const files = new Map([
    [dotenvPath, dotenvText()],
    [dumpPath, configDumpText()],
  ]);
  const readFile = (path: string) => {
    const text = files.get(path.slice(config.root.length + 1));
    if (text === undefined) throw new Error(`the sample does not write ${path}`);
    return { text, modifiedAt: now };
  };
  const lines = readPreflight(config, { env: {}, now, readFile });
  expect(lines).toHaveLength(11);
  expect(lines.filter(({ status }) => status !== "pass")).toEqual([]);
});
