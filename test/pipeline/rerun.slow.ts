/** The same night again: the same bytes but for the recorded times, whether the store remembers it or not. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { renderAll } from "../../src/report/render.ts";
import { parseResult } from "../../src/result/serialize.ts";
import { withoutMachine } from "../helpers/golden.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const formats = ["html", "md", "txt", "ipynb"] as const;
const night = { date: "2026-02-07", formats };

async function sampleWorkspace(): Promise<string> {
  const root = await madeWorkspace(afterAll);
  await sampleInto(root, { scenario: "broken-ingestion", usersPerDay: 150 });
  return root;
}

type Files = Readonly<Record<string, string>>;

/** Every file below reports/ by its path. */
function reportFiles(root: string): Files {
  const folder = join(root, "reports");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

/** Durations stand as `"durationMs": 12.5`, "8 rows in 6 ms" and "Took 3.4 s · load 1.7 s". */
function withoutDurations(files: Files): Files {
  const strip = (text: string): string =>
    text
      .replace(/"durationMs": [\d.e-]+/g, '"durationMs": 0')
      .replace(/(\d rows?) in [\d.,]+ (ms|s|min)/g, "$1")
      .replace(/(Took(?:<\/dt><dd>|: )).*/g, "$1");
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strip(text)]));
}

describe("a night that is run again", () => {
  let root: string;
  let first: Files;

  beforeAll(async () => {
    root = await sampleWorkspace();
    await runCase(root, night);
    first = reportFiles(root);
  });

  it("wrote a report, a copy of it in latest/, and the index", () => {
    const paths = Object.keys(first);
    const names = ["report.html", "report.ipynb", "report.md", "result.json", "summary.txt"];
    for (const folder of ["2026-02-07", "latest"])
      for (const name of names) expect(paths).toContain(`clip-cosine-v2/${folder}/${name}`);
    expect(paths).toContain("index.html");
    expect(paths.filter((path) => path.endsWith(".svg")).length).toBeGreaterThan(20);
    for (const name of names)
      expect(first[`clip-cosine-v2/latest/${name}`]).toBe(first[`clip-cosine-v2/2026-02-07/${name}`]);
  });

  it("is made of result.json alone: rendering the record again gives the same bytes", async () => {
    const folder = "clip-cosine-v2/2026-02-07";
    const result = parseResult(first[`${folder}/result.json`] ?? "");
    const rendered = await renderAll(result, { formats });
    expect(rendered.length).toBeGreaterThan(20);
    for (const { path, content } of rendered) expect(content, path).toBe(first[`${folder}/${path}`]);
    const alone = await renderAll(result, { formats: ["txt"] });
    expect(alone).toEqual(rendered.filter(({ path }) => path === "summary.txt"));
  });

  it("gives the same bytes in the same workspace, its durations aside", async () => {
    await runCase(root, night);
    expect(withoutDurations(reportFiles(root))).toEqual(withoutDurations(first));
  });

  it("gives the same bytes from scratch", async () => {
    const other = await sampleWorkspace();
    await runCase(other, night);
    expect(withoutDurations(reportFiles(other))).toEqual(withoutDurations(first));
  });

  it("differs a day later in nothing but when it was made and how old the app's settings were", async () => {
    const later = await runCase(root, { date: night.date, now: "2026-02-09T03:00:00Z" });
    const before = parseResult(first["clip-cosine-v2/2026-02-07/result.json"] ?? "");
    expect(later.result.provenance.generatedAt).not.toBe(before.provenance.generatedAt);
    expect(withoutTimes(later.result)).toEqual(withoutTimes(before));
  });
});

function withoutTimes(result: Result): Result {
  const same = withoutMachine(result);
  return {
    ...same,
    preflight: same.preflight.map((line) => ({ ...line, ageHours: null })),
    provenance: { ...same.provenance, generatedAt: "" },
  };
}
