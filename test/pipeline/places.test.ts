/** A night that is written for every place: what rollout.yaml names, what the command line names instead, and where links lead. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reportFormats } from "../../src/model/config.ts";
import { isReportFile, renderAll } from "../../src/report/render.ts";
import { parseResult } from "../../src/result/serialize.ts";
import { rememberedDrawing } from "../helpers/drawn-charts.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const folder = "reports/clip-cosine-v2/2026-02-03";
let root: string;
const has = (path: string): boolean => existsSync(join(root, folder, path));
const read = (path: string): string => readFileSync(join(root, folder, path), "utf8");

beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 120 });
  const yaml = readFileSync(join(root, "rollout.yaml"), "utf8");
  const places = "formats: [txt, png, chat, csv, badge]\nreports_url: https://reports.example.org/gates/\n";
  writeFileSync(join(root, "rollout.yaml"), yaml + places);
  expect((await gatebook(root, "run", "--date", "2026-02-03")).code).toBe(0);
});

it("writes what rollout.yaml names, pictures among it, and of the four that everybody gets only the one it names", () => {
  const texts = ["summary.txt", "chat.json", "results.csv", "badge.svg"];
  const asked = [...texts, "summary.png", "charts/delta-ctr.png"];
  expect(asked.filter(has)).toEqual(asked);
  expect(["report.html", "report.md", "report.ipynb", "junit.xml"].filter(has)).toEqual([]);
  expect(
    readFileSync(join(root, folder, "summary.png"))
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
});

it("links to where rollout.yaml says the reports are", () => {
  const place = "https://reports.example.org/gates/clip-cosine-v2/2026-02-03/report.html";
  expect(parseResult(read("result.json")).reportAt).toBe(place);
  expect(read("chat.json")).toContain(`"url": "${place}"`);
});

it("renders a kept result for another place, with the same link and beside the four", async () => {
  const { code } = await gatebook(
    root,
    "render",
    `${folder}/result.json`,
    "--format",
    "junit",
    "--format",
    "email",
  );
  expect(code).toBe(0);
  expect(["report.html", "report.md", "report.ipynb", "junit.xml", "email.html"].filter(has)).toHaveLength(5);
  expect(read("email.html")).toContain('href="https://reports.example.org/gates/');
});

it("leaves no file of an earlier run beside another verdict, and nobody else's file is touched", async () => {
  const own = join(root, folder, "notes.txt");
  writeFileSync(own, "mine\n");
  const latest = join(root, "reports/clip-cosine-v2/latest");
  expect(existsSync(join(latest, "results.csv"))).toBe(true);
  expect((await gatebook(root, "run", "--date", "2026-02-03", "--format", "txt")).code).toBe(0);
  for (const place of [join(root, folder), latest]) {
    const files = readdirSync(place, { recursive: true }).filter((name) => isReportFile(String(name)));
    expect(files).toEqual(["summary.txt"]);
    expect(existsSync(join(place, "result.json"))).toBe(true);
  }
  expect(readFileSync(own, "utf8")).toBe("mine\n");
});

it("knows every file that it writes", async () => {
  const files = await renderAll(sampleResult(), { formats: reportFormats, draw: rememberedDrawing });
  expect(files.length).toBeGreaterThan(reportFormats.length);
  expect(files.map(({ path }) => path).filter((path) => !isReportFile(path))).toEqual([]);
});

it.each([
  ["formats: [pgn]", /formats.*expected html.*did you mean "png"/],
  ["reports_url: javascript:alert(1)", /reports_url.*is not an address such as https/],
])("refuses %s", async (line, message) => {
  const yaml = readFileSync(join(root, "rollout.yaml"), "utf8").replace(/^(formats|reports_url):.*\n/gm, "");
  writeFileSync(join(root, "other.yaml"), `${yaml}${line}\n`);
  const { code, stderr, stdout } = await gatebook(root, "check", "-c", "other.yaml");
  expect(code).toBe(2);
  expect(stdout + stderr).toMatch(message);
});
