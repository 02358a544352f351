/** The README's commands, typed in its own order into a new folder, and the picture at its top. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { renderPictures } from "../../src/report/pictures/pictures.ts";
import { buildView } from "../../src/report/view/view.ts";
import { parseResult } from "../../src/result/serialize.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";
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

const lastNight = "reports/clip-cosine-v2/2026-02-07";

function lastResult(root: string): Result {
  return parseResult(readFileSync(join(root, lastNight, "result.json"), "utf8"));
}

/** At its full volume a sample gets the verdict that it was made for, whichever way it is judged. */
function expectVerdictAsPlanted(root: string): SampleTruth {
  const truth = JSON.parse(readFileSync(join(root, "exports/truth.json"), "utf8")) as SampleTruth;
  const { action, rule, literalAction, literalRule } = lastResult(root).decision;
  expect({ action, rule }).toEqual(truth.expected?.evidence);
  expect({ action: literalAction, rule: literalRule }).toEqual(truth.expected?.literal);
  return truth;
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

  it("the sample is promoted, by evidence and by the bare thresholds", () => {
    const truth = expectVerdictAsPlanted(root);
    expect(truth.expected?.evidence.action).toBe("promote");
  });

  it("the files are where the README says", () => {
    const night = join(root, lastNight);
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
  // the picture shows none
  for (const name of readdirSync(join(root, "queries/cells"))) rmSync(join(root, "queries/cells", name));
  await gatebook(root, "run", "--date", "2026-02-07", "--quiet", "--format", "txt");
  const truth = expectVerdictAsPlanted(root);
  expect(truth.expected?.evidence.action).toBe("rollback");
  const view = buildView(lastResult(root));
  const [picture] = await renderPictures(view, [], (path, reason) => {
    throw new Error(`${path}: ${reason}`);
  });
  const place = join(packageRoot, ".github/summary.png");
  const made = Buffer.from(picture?.content ?? "", "base64");
  if (process.env["GATEBOOK_GOLDEN"] === "rebuild") writeFileSync(place, made);
  expect(readFileSync(place).equals(made), "npm run golden draws it anew").toBe(true);
});
