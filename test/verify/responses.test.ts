import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { GatebookError } from "../../src/model/error.ts";
import { readResponses, type ServedResponses } from "../../src/verify/responses.ts";

const SINCE = "2026-02-08T09:30:00Z";
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "gatebook-responses-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
});

function save(path: string, algorithm: string, savedAt = "2026-02-08T09:31:00Z"): void {
  const target = join(cwd, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, JSON.stringify({ meta: { algo_version: algorithm } }));
  utimesSync(target, new Date(savedAt), new Date(savedAt));
}

const read = (...patterns: readonly string[]): Promise<ServedResponses> =>
  readResponses({ patterns, cwd, baseline: "v1", candidate: "v2", since: SINCE });

it("what shows anything but the baseline is counted and named", async () => {
  save("r/1.json", "v1");
  save("r/2.json", "v2");
  save("r/3.json", "v3");
  expect(await read("r/*.json")).toEqual({
    responses: 3,
    candidate: 1,
    other: 1,
    files: 3,
    olderFiles: 0,
    shown: ["r/2.json: v2", "r/3.json: v3"],
    problems: [],
  });
});

it("a file saved before the instant is counted apart, one saved at it counts", async () => {
  save("old.json", "v2", "2026-02-08T09:29:59Z");
  save("new.json", "v1", SINCE);
  expect(await read("*.json")).toMatchObject({ responses: 1, candidate: 0, files: 1, olderFiles: 1 });
});

it("a file counts once, however many patterns and links name it", async () => {
  save("1.json", "v1");
  symlinkSync(join(cwd, "1.json"), join(cwd, "again.json"));
  expect(await read("1.json", "*.json")).toMatchObject({ responses: 1, files: 1 });
});

it("a plain name with brackets is a name", async () => {
  save("feed[1].json", "v1");
  expect(await read("feed[1].json")).toMatchObject({ responses: 1 });
});

it("a file that cannot be read is named and the others still count", async () => {
  save("1.json", "v1");
  writeFileSync(join(cwd, "2.json"), "<html>");
  expect(await read("*.json")).toMatchObject({
    responses: 1,
    problems: ['2.json: it is not JSON: it starts with "<html>"'],
  });
});

it("a pattern without files is an error, never an empty proof", async () => {
  const failure = await read("r/*.json").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GatebookError);
  expect(failure).toMatchObject({ code: "input", message: "no file matches --responses r/*.json" });
});
