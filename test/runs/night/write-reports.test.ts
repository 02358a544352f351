import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { sweepTemporaries, temporaryName, writeFiles } from "../../../src/runs/night/write-reports.ts";
import { temporaryFolder, writeFilesIn } from "../../helpers/temp-workspace.ts";

it("a report that cannot be written whole leaves the old one as it was, and nothing beside it", async () => {
  const root = temporaryFolder(onTestFinished);
  writeFilesIn(root, { "report.html": "old", "charts/ctr.svg/is a folder": "" });
  const files = ["report.html", "charts/a.svg", "charts/ctr.svg"].map((path) => ({ path, content: "new" }));
  mkdirSync(temporaryName(join(root, "charts/ctr.svg")));
  await expect(writeFiles(root, files)).rejects.toMatchObject({ code: "store", where: { file: root } });
  expect(readFileSync(join(root, "report.html"), "utf8")).toBe("old");
  expect(readdirSync(join(root, "charts")).filter((name) => name.startsWith("a.svg"))).toEqual([]);
});

it("what a killed process left half written is swept from every night, what a living one writes is not", async () => {
  const root = temporaryFolder(onTestFinished);
  const dead = spawnSync("true").pid;
  const living = ["r/2026-02-01/report.html", "index.html"].map(temporaryName);
  const kept = [...living, "r/2026-02-01/report.html", "notes.tmp", "other/report.html.1.tmp"];
  const left = [
    `index.html.${dead}.tmp`,
    `r/2026-02-01/report.md.${dead}.tmp`,
    `r/latest/charts/ctr.svg.${dead}.tmp`,
  ];
  writeFilesIn(root, Object.fromEntries([...kept, ...left].map((path) => [path, ""])));
  await sweepTemporaries(root, "r");
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(found.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1)).sort()).toEqual(
    kept.sort(),
  );
});
