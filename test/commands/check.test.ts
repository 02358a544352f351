/** `gatebook check`: one mistake of each kind, and the very words that are said of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { changeFile, madeWorkspace, type Replacements, writeFilesIn } from "../helpers/temp-workspace.ts";

interface Mistake {
  readonly files?: Readonly<Record<string, string>>;
  /** In rollout.yaml. */
  readonly yaml?: Replacements;
}

async function checked({ files = {}, yaml = {} }: Mistake, ...words: readonly string[]) {
  const root = await madeWorkspace(onTestFinished);
  judgeBy(root, "ctr");
  writeFilesIn(root, files);
  changeFile(root, "rollout.yaml", yaml);
  const { code, stdout, stderr } = await gatebook(root, "check", ...words);
  expect(stderr).toBe("");
  return { root, code, stdout };
}

const days =
  "SELECT event_date, algo_version, sum(clicks) AS clicks FROM user_days GROUP BY ALL ORDER BY ALL";

describe("what is wrong", () => {
  it.each<readonly [string, Mistake, string]>([
    [
      "a misspelt key, with what was meant",
      { yaml: { "persistent_warning_days: 2": "persistant_warning_days: 2" } },
      `rollout.yaml:LINE:1: error: unknown key "persistant_warning_days"; did you mean "persistent_warning_days"?
    persistant_warning_days: 2
    ^
1 error, 0 warnings
`,
    ],
    [
      "thresholds that no metric uses",
      { yaml: { "  ctr: { drop": "  crt: { drop: { warning: 1% } }\n  ctr: { drop" } },
      `rollout.yaml:LINE:3: error: thresholds.crt: there is no metric "crt"; did you mean "ctr"?
      crt: { drop: { warning: 1% } }
      ^
  hint: a metric is a file: queries/metrics/crt.sql
1 error, 0 warnings
`,
    ],
    [
      "a header key that no metric has",
      { files: { "queries/metrics/m.sql": `-- @beter higher\n${days}` } },
      `queries/metrics/m.sql:1:4: error: unknown header key @beter
    -- @beter higher
       ^
  hint: did you mean @better?
queries/metrics/m.sql:2:1: error: the metric returns no column "unit_id"
    ${days}
    ^
  hint: it returns event_date, algo_version, clicks
queries/metrics/m.sql:2:1: error: the metric returns no column "numerator"
    ${days}
    ^
  hint: it returns event_date, algo_version, clicks
queries/metrics/m.sql:2:1: error: the metric returns no column "denominator"
    ${days}
    ^
  hint: it returns event_date, algo_version, clicks
4 errors, 0 warnings
`,
    ],
    [
      "a column that is not there, at its character",
      { files: { "queries/cells/c.sql": "SELECT\n  clics\nFROM user_days" } },
      `queries/cells/c.sql:2:3: error: Referenced column "clics" not found in FROM clause!
      clics
      ^
  hint: did you mean "clicks"?
1 error, 0 warnings
`,
    ],
    [
      "an unknown table",
      { files: { "queries/cells/c.sql": "SELECT 1 AS one FROM user_day" } },
      `queries/cells/c.sql:1:22: error: unknown table "user_day"; did you mean "user_days"?
    SELECT 1 AS one FROM user_day
                         ^
  hint: events, rollout, the lookups of rollout.yaml and the files in queries/relations can be read
1 error, 0 warnings
`,
    ],
    [
      "relations that read each other",
      {
        files: {
          "queries/relations/a.sql": "SELECT event_date, algo_version FROM b",
          "queries/relations/b.sql": "SELECT event_date, algo_version FROM a",
        },
      },
      `queries/relations/a.sql:1:38: error: the relations read each other: a → b → a
    SELECT event_date, algo_version FROM b
                                         ^
  hint: take one of these references out
queries/relations/b.sql:1:38: error: the relations read each other: b → a → b
    SELECT event_date, algo_version FROM a
                                         ^
  hint: take one of these references out
2 errors, 0 warnings
`,
    ],
    [
      "a field of @chart that the query does not return",
      { files: { "queries/cells/c.sql": `-- @chart line event_date click\n${days}` } },
      `queries/cells/c.sql:1:27: error: @chart: the query returns no column "click"; did you mean "clicks"?
    -- @chart line event_date click
                              ^
  hint: it returns event_date, algo_version, clicks
1 error, 0 warnings
`,
    ],
    [
      "a field of a Vega-Lite spec that the query does not return",
      {
        files: {
          "queries/cells/c.sql": days,
          "queries/cells/c.vl.json":
            '{\n  "data": {"name": "rows"},\n  "mark": "bar",\n  "encoding": {"x": {"field": "event_day"}}\n}',
        },
      },
      `queries/cells/c.vl.json:4:31: error: the query returns no column "event_day"; did you mean "event_date"?
      "encoding": {"x": {"field": "event_day"}}
                                  ^
  hint: it returns event_date, algo_version, clicks
1 error, 0 warnings
`,
    ],
    [
      "a chart without its query",
      { files: { "queries/cells/lonely.vl.json": "{}" } },
      `queries/cells/lonely.vl.json:1:1: error: the chart has no query lonely.sql beside it
    {}
    ^
  hint: add queries/cells/lonely.sql or rename the chart
1 error, 0 warnings
`,
    ],
    [
      "a staging file that no source uses",
      { files: { "queries/sources/feed_event.sql": "SELECT 1 AS one FROM feed_event" } },
      `queries/sources/feed_event.sql:1:1: error: rollout.yaml has no source "feed_event"; did you mean "feed_events"?
    SELECT 1 AS one FROM feed_event
    ^
  hint: a staging file is called after its source
1 error, 0 warnings
`,
    ],
    [
      "a folder that would be passed over",
      { files: { "queries/metric/m.sql": days } },
      `queries/metric: error: "metric" is not a folder of queries; did you mean "metrics"?
  hint: queries are kept in sources, relations, dimensions, metrics, checks, cells
1 error, 0 warnings
`,
    ],
    [
      "a template path that the view does not have",
      {
        files: { "templates/html/partials/badge.hbs": "<b>{{wrod}}</b>" },
      },
      `templates/html/partials/badge.hbs:1:6: error: the view has no "wrod"; did you mean "word"?
    <b>{{wrod}}</b>
         ^
1 error, 0 warnings
`,
    ],
  ])("is told: %s", async (_, mistake, expected) => {
    const { root, code, stdout } = await checked(mistake);
    const yaml = readFileSync(join(root, "rollout.yaml"), "utf8").split("\n");
    const line = yaml.findIndex((text) => /persistant_warning_days|^ {2}crt:/.test(text)) + 1;
    expect(stdout).toBe(expected.replace("LINE", String(line)));
    expect(code).toBe(2);
  });
});

it("adds nothing false to a fault of rollout.yaml: its sources and lookups are not known", async () => {
  const files = { "queries/sources/feed.sql": "SELECT * FROM feed" };
  const { stdout } = await checked({ files, yaml: { "active_gate:": "actve_gate:" } });
  expect(stdout).toContain("actve_gate");
  expect(stdout).not.toContain("no source");
  expect(stdout).not.toContain("unknown table");
});

describe("what is only said", () => {
  it.each<readonly [string, Mistake, string]>([
    [
      "a literal colour",
      {
        files: {
          "queries/cells/c.sql": days,
          "queries/cells/c.vl.json":
            '{"data": {"name": "rows"}, "mark": {"type": "bar", "color": "#ff0000"}, "encoding": {"x": {"field": "clicks"}}}',
        },
      },
      `queries/cells/c.vl.json:1:61: warning: "#ff0000" is a literal colour
    {"data": {"name": "rows"}, "mark": {"type": "bar", "color": "#ff0000"}, "encoding": {"x": {"field": "clicks"}}}
                                                                ^
  hint: use one of the theme's tokens, e.g. var(--candidate, #1f5fae)
0 errors, 1 warning
`,
    ],
    [
      "a template that no page uses",
      { files: { "templates/html/partials/bagde.hbs": "<b></b>" } },
      `templates/html/partials/bagde.hbs:1:1: warning: no page uses this template; did you mean "html/partials/badge.hbs"?
    <b></b>
    ^
  hint: a template takes the place of the shipped one of the same path, or is included as a partial
0 errors, 1 warning
`,
    ],
    [
      "a scheme of colours, and the colour of a label",
      {
        files: {
          "queries/cells/c.sql": days,
          "queries/cells/c.vl.json": `{"data": {"name": "rows"}, "mark": "bar",
"encoding": {"x": {"field": "clicks", "axis": {"labelColor": "red"}},
"color": {"field": "algo_version", "scale": {"scheme": "set1"}}}}`,
        },
      },
      `queries/cells/c.vl.json:2:62: warning: "red" is a literal colour
    "encoding": {"x": {"field": "clicks", "axis": {"labelColor": "red"}},
                                                                 ^
  hint: use one of the theme's tokens, e.g. var(--candidate, #1f5fae)
queries/cells/c.vl.json:3:56: warning: "set1" is a literal colour
    "color": {"field": "algo_version", "scale": {"scheme": "set1"}}}}
                                                           ^
  hint: use one of the theme's tokens, e.g. var(--candidate, #1f5fae)
0 errors, 2 warnings
`,
    ],
    [
      "files among the queries that are none, but not prose or what an editor leaves behind",
      {
        files: {
          "queries/metrics/shares.sql.txt": "SELECT 1",
          "queries/cells/c.json": "{}",
          "queries/cells/README.md": "",
          "queries/cells/c.sql~": "",
        },
      },
      `queries/metrics/shares.sql.txt:1:1: warning: gatebook does not read this file
    SELECT 1
    ^
  hint: a query ends in .sql, the chart of a cell in .vl.json, prose in .md
queries/cells/c.json:1:1: warning: gatebook does not read this file
    {}
    ^
  hint: a query ends in .sql, the chart of a cell in .vl.json, prose in .md
0 errors, 2 warnings
`,
    ],
    [
      "a relation that nothing reads",
      { files: { "queries/relations/r.sql": days } },
      `queries/relations/r.sql:1:1: warning: nothing reads the relation "r"
    SELECT event_date, algo_version, sum(clicks) AS clicks FROM user_days GROUP BY ALL ORDER BY ALL
    ^
  hint: it is built every night all the same; delete the file if nobody needs it
0 errors, 1 warning
`,
    ],
  ])("%s", async (_, mistake, expected) => {
    const { code, stdout } = await checked(mistake);
    expect([code, stdout]).toEqual([0, expected]);
  });
});

describe("the command", () => {
  it("says with --format github what a workflow shows at the line", async () => {
    const files = { "queries/cells/c.sql": "SELECT 100%, clics FROM user_days" };
    const { code, stdout } = await checked({ files }, "--format", "github");
    expect(code).toBe(2);
    expect(stdout).toMatch(/^::error file=queries\/cells\/c\.sql,line=1,col=\d+::[^\n]+\n$/);
  });

  it("needs no data, and leaves nothing behind", async () => {
    const root = await madeWorkspace(onTestFinished);
    const { code, stdout } = await gatebook(root, "check");
    expect([code, stdout]).toEqual([
      0,
      "No problems: rollout.yaml, queries, charts and templates fit together.\n",
    ]);
    await expect(gatebook(root, "query", "ctr")).resolves.toMatchObject({ code: 4 });
  });

  it("leaves with 2 when there is no rollout.yaml", async () => {
    const root = await madeWorkspace(onTestFinished);
    const { code, stdout } = await gatebook(root, "check", "--config", "nowhere.yaml");
    expect(code).toBe(2);
    expect(stdout).toContain("nowhere.yaml: error: there is no such file");
  });
});
