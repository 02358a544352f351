/** A disk that is full, as a limit on the size of files shows it without any rights; test/bench/disk-full.mjs fills real ones. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { openWarehouse } from "../../src/warehouse/store.ts";
import { buildCli, type Gatebook } from "../helpers/built-cli.ts";
import { gatebook as gatebookHere } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

let gatebook: Gatebook;
beforeAll(() => {
  gatebook = buildCli();
});

const night = ["run", "--date", "2026-02-07", "--format", "txt", "--quiet"] as const;

async function exported(): Promise<string> {
  const root = await madeWorkspace(onTestFinished);
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "thin", usersPerDay: 60 });
  return root;
}

async function contents(root: string): Promise<string> {
  const engine = await openWarehouse(root);
  const rows = await engine.rows("SELECT * FROM events ORDER BY ALL");
  const days = await engine.rows("SELECT * FROM user_days ORDER BY ALL");
  engine.close();
  return JSON.stringify([rows, days]);
}

it("is told with what, where and what to do, keeps last night's, and is made good by running again", async () => {
  const [root, undisturbed] = [await exported(), await exported()];
  const told: readonly (readonly [largestFile: number, message: RegExp, file: RegExp])[] = [
    [4, /^the store cannot be made: IO Error: Could not write file .+: File too large$/, /^run\.lock$/],
    [200, /^the disk is full: .*Could not write file .+: File too large$/, /^store\.duckdb(\.wal)?$/],
    [1500, /^the disk is full: .*Could not write file .+: File too large$/, /^store\.duckdb(\.wal)?$/],
  ];
  for (const [largestFile, message, file] of told) {
    const { code, stdout, stderr } = await gatebook({ cwd: root, largestFile }, ...night);
    const [error = "", where, hint = ""] = stderr.split("\n");
    expect([code, stdout]).toEqual([1, ""]);
    expect(error.replace("error: ", "")).toMatch(message);
    expect(where?.replace("  at WORKSPACE/.gatebook/", "")).toMatch(file);
    expect(hint).toMatch(/^ {2}hint: .*free s/);
    expect(existsSync(join(root, ".gatebook/warehouse.duckdb"))).toBe(false);
  }
  expect(await gatebook(root, ...night)).toMatchObject({ code: 0, stderr: "" });
  await gatebookHere(undisturbed, ...night);
  expect(await contents(root)).toBe(await contents(undisturbed));
  const left = readdirSync(join(root, ".gatebook")).filter((name) => /tmp|\.wal/.test(name));
  expect(left).toEqual([]);

  const report = join(root, "reports/clip-cosine-v2/latest/summary.txt");
  const before = [readFileSync(report, "utf8"), await contents(root)];
  const full = await gatebook({ cwd: root, largestFile: 200 }, ...night);
  expect([full.code, full.stderr]).toEqual([1, expect.stringContaining("the disk is full")]);
  expect([readFileSync(report, "utf8"), await contents(root)]).toEqual(before);
});
