/** `gatebook init --example trino`: its README followed to the letter, with the address of this cluster. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { command, server } from "../engine/cluster/cluster.ts";
import type { Ran } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { changeFile, temporaryFolder } from "../helpers/temp-workspace.ts";

const client = "trino --server http://127.0.0.1:8080 --user gatebook --file ";
const ran: Ran[] = [];
let root: string;
let readme: string;

/** What Trino's own client does with a file: one statement after the other. */
async function load(file: string): Promise<void> {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^--.*\n/gm, "");
  for (const statement of text.split(";").map((one) => one.trim()))
    if (statement !== "") await command(statement);
}

const remove = async (): Promise<void> => {
  for (const schema of ["gatebook_example", "gatebook_example_scratch"])
    await command(`DROP SCHEMA IF EXISTS iceberg.${schema} CASCADE`);
};

beforeAll(async () => {
  root = temporaryFolder(afterAll);
  await remove();
  expect((await gatebook(root, "init", ".", "--example", "trino")).code).toBe(0);
  changeFile(root, "rollout.yaml", { "http://127.0.0.1:8080": server });
  readme = readFileSync(join(root, "README.md"), "utf8");
  const [, steps = ""] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  for (const line of steps.trim().split("\n"))
    if (line.startsWith(client)) await load(line.slice(client.length));
    else ran.push(await gatebook(root, ...line.replace(/^gatebook /, "").split(" ")));
}, 900_000);

afterAll(remove, 120_000);

it("does what its README says, without a fault", () => {
  expect(ran.length).toBe(4);
  for (const { code, stderr } of ran) expect([code, /^error.*/m.exec(stderr)?.[0]]).toEqual([0, undefined]);
  const [, verdict = ""] = /```text\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(verdict).not.toBe("");
  expect(ran.map(({ stdout }) => stdout).join("\n")).toContain(verdict);
});

it("has no row that is rejected, and nothing that blocks for want of data", () => {
  const latest = join(root, "reports/recommender-v2/latest/result.json");
  const { checks, loads } = JSON.parse(readFileSync(latest, "utf8")) as {
    readonly checks: readonly { readonly name: string; readonly status: string }[];
    readonly loads: readonly { readonly rejected: number; readonly loaded: number }[];
  };
  expect(checks.filter(({ status }) => ["fail", "error"].includes(status))).toEqual([]);
  expect(loads.map(({ rejected }) => rejected)).toEqual([0, 0]);
  expect(loads.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(143_405 + 200);
});
