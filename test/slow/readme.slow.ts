/** The README's commands, typed in its own order into a new folder, and the picture at its top. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPictures } from "../../src/report/pictures/pictures.ts";
import { buildView } from "../../src/report/view/view.ts";
import { parseResult } from "../../src/result/serialize.ts";
import type { Ran } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");

/** The shell lines below a heading, without their comments. */
function linesOf(heading: string): readonly string[] {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.trim().split("\n"))
    .map((line) => line.replace(/ +#.*$/, ""));
}

/** `npx gatebook …`, after a `cd`, or with what `echo` says on its input. DuckDB's own command line is another program. */
async function type(line: string, place: { cwd: string }): Promise<Ran | null> {
  if (line.startsWith("duckdb ")) return null;
  const [, input = ""] = /^echo "([^"]*)" \| /.exec(line) ?? [];
  const [, words = "", folder] = /npx gatebook (.*?)(?: && cd (\S+))?$/.exec(line) ?? [];
  const ran = await gatebook({ cwd: place.cwd, input }, ...words.split(" "));
  if (folder !== undefined) place.cwd = join(place.cwd, folder);
  return ran;
}

describe("in the order of the README", () => {
  const headings = ["Your own rollout", "Where the report goes", "The warehouse is theirs too"];
  const place = { cwd: "" };
  const ran: (readonly [line: string, ran: Ran])[] = [];
  let root: string;

  beforeAll(async () => {
    place.cwd = temporaryFolder(afterAll);
    for (const line of headings.flatMap(linesOf)) {
      const one = await type(line, place);
      if (one !== null) ran.push([line, one]);
    }
    root = place.cwd;
  });

  it("every command ends with exit code 0", () => {
    expect(ran.length).toBeGreaterThan(6);
    for (const [line, { code, stderr }] of ran) expect([line, code, stderr]).toEqual([line, 0, stderr]);
  });

  it("the files are where the README says", () => {
    const night = join(root, "reports/clip-cosine-v2/2026-02-07");
    for (const path of ["report.html", "report.md", "summary.txt", "report.ipynb", "github/annotations.txt"])
      expect(existsSync(join(night, path)), path).toBe(true);
    const earlier = join(root, "reports/clip-cosine-v2/2026-02-06");
    for (const path of ["junit.xml", "results.csv"]) expect(existsSync(join(earlier, path)), path).toBe(true);
  });
});

it("its picture is summary.png of the sample that rolls back", async () => {
  const root = temporaryFolder(afterAll);
  await gatebook(root, "init");
  await gatebook(root, "sample", "--scenario", "rollback", "--quiet");
  await gatebook(root, "run", "--date", "2026-02-07", "--quiet", "--format", "txt");
  const result = join(root, "reports/clip-cosine-v2/2026-02-07/result.json");
  const view = buildView(parseResult(readFileSync(result, "utf8")));
  const [picture] = await renderPictures(view, [], (path, reason) => {
    throw new Error(`${path}: ${reason}`);
  });
  const place = join(packageRoot, ".github/summary.png");
  const made = Buffer.from(picture?.content ?? "", "base64");
  if (process.env["GATEBOOK_GOLDEN"] === "rebuild") writeFileSync(place, made);
  expect(readFileSync(place).equals(made), "npm run golden draws it anew").toBe(true);
});
