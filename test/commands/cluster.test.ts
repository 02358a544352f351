/** A workspace whose events are on a cluster, as far as it goes without one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { temporaryFolder } from "../helpers/temp-workspace.ts";

async function made(): Promise<string> {
  const root = temporaryFolder(onTestFinished);
  const ran = await gatebook(root, "init", "--engine", "trino");
  expect(ran.code, ran.stderr).toBe(0);
  return root;
}

it("is made by init: its rollout.yaml is valid, names tables, and says what to fill in", async () => {
  const root = await made();
  const { cluster, sources } = loadConfig(join(root, "rollout.yaml"));
  expect(cluster).toMatchObject({ catalog: "iceberg", scratch: { catalog: "iceberg", schema: "gatebook" } });
  expect(sources.map(({ table }) => table)).toEqual(["feed_events", "user_discovery_events", "items"]);
  expect(readFileSync(join(root, "rollout.yaml"), "utf8")).toContain("password_env");
});

it("ends with the name of the variable when the secret is not set, in a run and in a check", async () => {
  const root = await made();
  for (const words of [["run", "--try"], ["check"]]) {
    const ran = await gatebook(root, ...words);
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringContaining("the environment variable TRINO_PASSWORD is not set"),
    ]);
  }
});

it("needs no cluster for what reads the ledger alone", async () => {
  const root = await made();
  const ran = await gatebook(root, "history");
  expect(ran.stderr).not.toContain("TRINO_PASSWORD");
  const refused = await gatebook(root, "init", "other", "--engine", "trino", "--minimal");
  expect(refused.stderr).toContain("--engine trino makes a workspace of its own");
});
