/**
 * Exports are written by other people. Author ids, categories, metadata, file names and rejected rows hold markup here, and
 * none of it may come alive in a report: not in a page, not in a ticket's Markdown, not in a notebook, not in a terminal.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { runCase } from "../helpers/run-case.ts";
import { madeWorkspace, writeFilesIn } from "../helpers/temp-workspace.ts";

const script = "<script>alert(1)</script>";
const image = '"><img onerror=alert(1)>';
const table = "a|b`c`\n## not a heading";
const control = "bell\u0007 escape\u001b[31mred nul-free";
const formula = "</style></pre></code><!-- {{7*7}} $& =1+1";
const authors = [script, image, table, control, formula, "author-plain"];

/** Which author is shown first, second, …: every share moves, so that every author is named in the report. */
const shownBy = { v1: [0, 1, 2, 0, 4, 5], v2: [1, 1, 1, 0, 3, 3] } as const;

function exported(): string {
  const rows = [
    "event_id,event_type,occurred_at,user_id,item_id,author_id,category_id,algo_version,metadata",
  ];
  for (const day of ["2026-02-01", "2026-02-02"]) {
    for (let user = 0; user < 120; user++) {
      const algorithm = user % 2 === 0 ? "v2" : "v1";
      for (let shown = 0; shown < 6; shown++) {
        const author = authors[shownBy[algorithm][shown] ?? 0] ?? "";
        const time = `${day}T${String(4 * shown).padStart(2, "0")}:${shown === 5 ? 59 : 10}:00Z`;
        const cells = [
          `${day}-${user}-${shown}`,
          shown === 3 ? "click" : "impression",
          time,
          `${image}${user}`,
        ];
        cells.push(script, author, author, algorithm, `{"html":"${script}"}`);
        rows.push(cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","));
      }
    }
  }
  rows.push(
    `x1,${script},2026-02-01T10:00:00Z,u,i,a,c,v1,`,
    `x2,impression,"${image.replaceAll('"', '""')}",u,i,a,c,v1,`,
  );
  rows.push(`x3,impression,2026-02-01T10:00:00Z,u,i,a,c,"${script}|\`v9\`",`);
  return `${rows.join("\n")}\n`;
}

const rolloutYaml = `
rollout: { name: hostile, baseline: v1, candidate: v2 }
active_gate: g50
gates:
  - { name: g50, exposure: 50%, started: 2026-02-01, min_days: 2 }
  - { name: g100, exposure: 100%, min_days: 2 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5% } }
  top_author_share: { rise: { warning: 10%, rollback: 15% } }
sources:
  - { name: feed, files: data/*.csv }
# ${script} ${image}
`;

const cell = `-- @title What ${script} shows | \`and\` ${image}
-- @chart bar author_id impressions
-- One row per author ${script} with **stars**.
SELECT author_id, author_id AS "<script>alert(2)</script>", sum(impressions) AS impressions
FROM author_days GROUP BY author_id ORDER BY impressions DESC, author_id
`;

/** An analyst's mistake, so that an error with hostile text in it is shown as well. */
const broken = `-- @title Broken ${image}\n-- One row.\nSELECT '${script}' AS one FROM "nowhere${image.replaceAll('"', '""')}"\n`;

let root: string;
let result: Result;
let files: readonly (readonly [path: string, text: string])[];

beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  writeFilesIn(root, {
    "rollout.yaml": rolloutYaml,
    "queries/cells/hostile.sql": cell,
    "queries/cells/broken.sql": broken,
    // a name may hold all of these but the slash
    "data/<script>alert(1)<.csv": exported(),
    'data/"><img onerror=alert(1)> a|b`c`.csv': "event_id\n",
    "data/\u001b[31mred\u0007.csv": "no header of ours\n",
  });
  ({ result } = await runCase(root, {
    date: "2026-02-02",
    now: "2026-02-03T03:00:00Z",
    formats: ["html", "md", "txt", "ipynb"],
  }));
  const reports = join(root, "reports");
  files = readdirSync(reports, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(reports.length + 1), readFileSync(path, "utf8")]);
});

function textOf(path: string): string {
  const found = files.find(([name]) => name === path);
  if (found === undefined) throw new Error(`no ${path} was written`);
  return found[1];
}

describe("the data that is planted", () => {
  it("is loaded and measured as it stands", () => {
    expect(result.loads.map(({ status }) => status).sort()).toEqual(["loaded", "refused", "refused"]);
    const movers = result.metrics
      .find(({ name }) => name === "top_author_share")
      ?.movers.map(({ key }) => key);
    expect(movers).toEqual(expect.arrayContaining([script, image, table, control, formula]));
    expect(result.cells.find(({ name }) => name === "hostile")?.rowCount).toBe(authors.length + 1);
    expect(result.cells.find(({ name }) => name === "broken")?.error?.message).toContain("nowhere");
  });
});

/** Only what gatebook itself writes may open a tag: no element of the data's, no handler, no link that runs. */
const alive = /<script|<img|<iframe|javascript:/i;

describe.each(["hostile/2026-02-02/report.html", "hostile/latest/report.html", "index.html"])(
  "%s",
  (path) => {
    it("has no element, handler or script of the data's", () => {
      const html = textOf(path);
      expect(html).not.toMatch(/<script|<img|<iframe/i);
      for (const [tag] of html.matchAll(/<[a-z][^>]*>/gi)) expect(tag).not.toMatch(/\son\w+\s*=/i);
      expect(html.match(/<!--/g)).toBeNull();
      expect(html.match(/<style/g)?.length ?? 0).toBeLessThanOrEqual(1);
    });

    it("closes what it opens", () => {
      const html = textOf(path);
      for (const name of ["pre", "code", "style", "table", "details", "section", "svg"]) {
        const opened = html.match(new RegExp(`<${name}[\\s>]`, "g"))?.length ?? 0;
        expect(html.match(new RegExp(`</${name}>`, "g"))?.length ?? 0, name).toBe(opened);
      }
    });

    it("has no control characters", () => {
      expect(controlCharacters(textOf(path))).toEqual([]);
    });
  },
);

it("report.html shows the planted texts as texts", () => {
  const html = textOf("hostile/2026-02-02/report.html");
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(html).toContain("&quot;&gt;&lt;img onerror");
});

describe("report.md", () => {
  const markdown = () => textOf("hostile/2026-02-02/report.md");

  it("has markup of the data's in code alone, where nothing reads it", () => {
    expect(outsideCode(markdown())).not.toMatch(alive);
  });

  it("keeps every table whole: each row has the cells of its header", () => {
    const tables = outsideFences(markdown()).match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const block of tables) {
      const rows = block
        .trim()
        .split("\n")
        .map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(rows).size, block).toBe(1);
    }
  });

  it("has no heading of the data's", () => {
    expect(markdown()).not.toMatch(/^#+ not a heading/m);
  });

  it("has no control characters", () => {
    expect(controlCharacters(markdown())).toEqual([]);
  });
});

describe("report.ipynb", () => {
  interface Notebook {
    readonly cells: readonly {
      readonly cell_type: string;
      readonly source: string | readonly string[];
      readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
    }[];
  }
  const notebook = () => JSON.parse(textOf("hostile/2026-02-02/report.ipynb")) as Notebook;
  const joined = (text: unknown) => (Array.isArray(text) ? text.join("") : String(text));

  it("has no markup of the data's in Markdown", () => {
    const texts = notebook()
      .cells.filter(({ cell_type }) => cell_type === "markdown")
      .map(({ source }) => joined(source));
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(outsideCode(text)).not.toMatch(alive);
  });

  it("has none in outputs that a browser renders", () => {
    const rendered = notebook().cells.flatMap(({ outputs = [] }) =>
      outputs.flatMap(({ data = {} }) =>
        ["text/html", "image/svg+xml"].flatMap((type) =>
          data[type] === undefined ? [] : [joined(data[type])],
        ),
      ),
    );
    expect(rendered.length).toBeGreaterThan(3);
    for (const html of rendered) {
      expect(html).not.toMatch(/<script|<img|<iframe/i);
      for (const [tag] of html.matchAll(/<[a-z][^>]*>/gi)) expect(tag).not.toMatch(/\son\w+\s*=/i);
    }
  });
});

it("summary.txt is plain ASCII of at most 25 lines besides the commands to type", () => {
  const text = textOf("hostile/2026-02-02/summary.txt");
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  const lines = text.trimEnd().split("\n");
  const commands = lines.filter((line) => /^ {3}(?:echo|gatebook) /.test(line));
  expect(commands.length).toBeGreaterThan(2);
  expect(lines.length - commands.length).toBeLessThanOrEqual(25);
});

it("charts as files hold no element of the data's and no control characters", () => {
  const charts = files.filter(([path]) => path.endsWith(".svg"));
  expect(charts.length).toBeGreaterThan(3);
  for (const [path, svg] of charts) {
    expect(svg, path).not.toMatch(/<script|<img|<foreignObject|javascript:/i);
    expect(controlCharacters(svg), path).toEqual([]);
  }
});

it("result.json gives the texts back as they were", () => {
  const { metrics } = JSON.parse(textOf("hostile/2026-02-02/result.json")) as Result;
  const keys = metrics.find(({ name }) => name === "top_author_share")?.movers.map(({ key }) => key);
  expect(keys).toContain(control);
});

describe("a terminal", () => {
  it.each([
    ["run", "--date", "2026-02-02", "--format", "txt"],
    ["query", "hostile"],
    ["query", "freshness"],
    ["history"],
    ["check"],
  ])("is not driven by what gatebook %s %s prints", async (...words) => {
    const { stdout, stderr } = await gatebook(root, ...words);
    expect(stdout).not.toBe("");
    expect(controlCharacters(stdout)).toEqual([]);
    expect(controlCharacters(stderr)).toEqual([]);
  });
});

/** Control characters but the line break and the tab, as code points. */
function controlCharacters(text: string): readonly number[] {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return [...new Set(codes)].filter(
    (code) => (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160),
  );
}

function outsideFences(markdown: string): string {
  return markdown.replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, "");
}

/** Without fenced blocks and code spans; an escaped backtick opens none. */
function outsideCode(markdown: string): string {
  return outsideFences(markdown)
    .replaceAll("\\`", "")
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
}
