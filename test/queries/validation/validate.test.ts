import { describe, expect, it } from "vitest";
import { createLedgerTables } from "../../../src/ledger/tables.ts";
import { createLoadTables } from "../../../src/load/records/tables.ts";
import type { ChartCheck } from "../../../src/model/chart-fault.ts";
import { formatPlace } from "../../../src/model/error.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import type { Finding } from "../../../src/queries/validation/finding.ts";
import { checkCatalog } from "../../../src/queries/validation/validate.ts";
import { chartFaults } from "../../../src/report/charts/cell/chart-faults.ts";
import { openEngine, shippedRoot, sourceOf, workspace } from "../warehouse.ts";

const lookup = sourceOf("items", "lookup", ["title"]);

async function check(
  files: Readonly<Record<string, string>>,
  fallbackRoot: string | undefined = shippedRoot,
  chartCheck: ChartCheck = chartFaults,
): Promise<readonly Finding[]> {
  const engine = await openEngine();
  await createLoadTables(engine);
  await createLedgerTables(engine);
  return await checkCatalog(
    engine,
    readCatalog(workspace(files), fallbackRoot),
    { sources: [lookup] },
    chartCheck,
  );
}

const said = (findings: readonly Finding[]) =>
  findings.map(
    ({ level, where, message, hint }) => `${level} ${formatPlace(where)} ${message} | ${hint ?? ""}`,
  );

const fromRollout =
  "what a query needs to know of the run is in the table rollout (report_date, observed_from, observed_to); of ids and samples take a hash, e.g. md5";

describe("checking the catalog without data", () => {
  it("finds nothing in the shipped files", async () => {
    expect(said(await check({}))).toEqual([]);
  });

  it("finds nothing in files that read the ledger, the loads and a lookup's named columns", async () => {
    const files = {
      "cells/a.sql":
        "SELECT l.file, d.action, i.title FROM loads AS l, decisions AS d, items AS i, rejected_rows AS r",
    };
    expect(said(await check(files))).toEqual([]);
  });

  it("looks at all charts at once, and lists what it finds by file", async () => {
    const spec = JSON.stringify({ mark: "bar" });
    const files = {
      "cells/a.sql": "SELECT 1 AS x",
      "cells/a.vl.json": spec,
      "cells/b.sql": "SELECT y",
      "cells/c.sql": "SELECT 1 AS x",
      "cells/c.vl.json": spec,
    };
    let asked = 0;
    let both: () => void = () => {};
    const isBoth = new Promise<void>((resolve) => {
      both = resolve;
    });
    const found = await check(files, shippedRoot, async () => {
      asked += 1;
      const number = asked;
      if (number === 2) both();
      await isBoth;
      return [{ message: `chart ${number}`, hint: "", word: "mark" }];
    });
    expect(found.map(({ where, message }) => `${where.file} ${message.slice(0, 7)}`)).toEqual([
      "queries/cells/a.vl.json chart 1",
      "queries/cells/b.sql Referen",
      "queries/cells/c.vl.json chart 2",
    ]);
  });

  it.each([
    [
      "SQL that does not parse",
      { "cells/a.sql": "SELECT 1\nFORM events" },
      ['error queries/cells/a.sql:2:6 syntax error at or near "events" | '],
    ],
    [
      "a column that is not there",
      { "cells/a.sql": "SELECT event_dat\nFROM events" },
      [
        'error queries/cells/a.sql:1:8 Referenced column "event_dat" not found in FROM clause! | did you mean "event_date"?',
      ],
    ],
    [
      "a second statement",
      { "cells/a.sql": "SELECT 1; SELECT 2" },
      [
        "error queries/cells/a.sql:1:11 the file has 2 statements | one file has exactly one SELECT (PIVOT needs ON … IN (…) to count as one)",
      ],
    ],
    [
      "a statement that writes",
      { "cells/a.sql": "DROP TABLE events" },
      [
        "error queries/cells/a.sql:1:1 the statement is not a SELECT | analysts' files only read: one SELECT, no other statement (gatebook query --explain shows a plan)",
      ],
    ],
    [
      "an empty file",
      { "cells/a.sql": "-- nothing\n" },
      ["error queries/cells/a.sql the file has no statement | write one SELECT"],
    ],
    [
      "a quote that is never closed",
      { "cells/a.sql": "SELECT 'a\n" },
      [`error queries/cells/a.sql:1:8 unterminated quoted string at or near "'a | `],
    ],
    [
      "a metric that misses a column",
      {
        "metrics/m.sql":
          "-- @title M\nSELECT event_date, algo_version, unit_id, clicks AS numeratr, impressions AS denominator FROM user_days",
      },
      [
        'error queries/metrics/m.sql:2:1 the metric returns no column "numerator" | "numeratr" may be it: write numeratr AS numerator',
      ],
    ],
    [
      "a concentration without @top",
      {
        "metrics/m.sql":
          "SELECT event_date, algo_version, unit_id, author_id AS key, impressions AS weight FROM author_days",
      },
      [
        'error queries/metrics/m.sql:1:1 the metric returns no column "numerator" | for a concentration of key and weight add the header line `-- @top 10`',
        'error queries/metrics/m.sql:1:1 the metric returns no column "denominator" | for a concentration of key and weight add the header line `-- @top 10`',
      ],
    ],
    [
      "a column of the wrong type",
      {
        "metrics/m.sql":
          "SELECT CAST(event_date AS VARCHAR) AS event_date, algo_version, unit_id, clicks > 0 AS numerator, impressions AS denominator FROM user_days",
      },
      [
        'error queries/metrics/m.sql:1:1 column "event_date" is VARCHAR, not a DATE | write CAST(… AS DATE) AS event_date',
        'error queries/metrics/m.sql:1:1 column "numerator" is BOOLEAN, not a number | write CAST(… AS BIGINT) AS numerator',
      ],
    ],
    [
      "a check without a status",
      { "checks/c.sql": "SELECT 'pass' AS statos, 1 AS observed, 1 AS expected, '' AS detail" },
      [
        'error queries/checks/c.sql:1:1 the check returns no column "status" | "statos" may be it: write statos AS status',
      ],
    ],
    [
      "a column said twice",
      { "cells/a.sql": "SELECT 1 AS a, 2 AS A" },
      ['error queries/cells/a.sql:1:1 two columns are called "a" | give one of them another name with AS'],
    ],
    [
      "a misspelt header and a misspelt unit",
      { "cells/a.sql": "-- @unit shaer percent\n-- @charrt none\nSELECT 0.5 AS share" },
      [
        "error queries/cells/a.sql:2:4 unknown header key @charrt | did you mean @chart?",
        'error queries/cells/a.sql:1:10 @unit: the query returns no column "shaer"; did you mean "share"? | it returns share',
      ],
    ],
    [
      "a chart of columns that are not there",
      { "cells/a.sql": "-- @chart line day value\nSELECT 1 AS day, 2 AS n" },
      ['error queries/cells/a.sql:1:20 @chart: the query returns no column "value" | it returns day, n'],
    ],
    [
      "a literal colour",
      {
        "cells/a.sql": "SELECT 1 AS n",
        "cells/a.vl.json":
          '{"data": {"name": "rows"},\n"mark": {"type": "bar", "color": "red"}, "encoding": {"x": {"field": "n"}}}',
      },
      [
        'warning queries/cells/a.vl.json:2:34 "red" is a literal colour | use one of the theme\'s tokens, e.g. var(--candidate, #1f5fae)',
      ],
    ],
    [
      "a relation of a lookup's name",
      { "relations/items.sql": "SELECT event_date, algo_version FROM events" },
      [
        'error queries/relations/items.sql "items" is a lookup of rollout.yaml already | rename one of the two',
        'warning queries/relations/items.sql nothing reads the relation "items" | it is built every night all the same; delete the file if nobody needs it',
      ],
    ],
    [
      "the clock in a check and chance in a metric",
      {
        "checks/late.sql": "SELECT 'pass' AS status, now() AS observed, 1 AS expected, '' AS detail",
        "metrics/m.sql":
          "SELECT event_date, algo_version, unit_id, 1 AS numerator, 1 AS denominator FROM user_days\nWHERE random() < 0.1",
        "cells/when.sql": "SELECT now() AS made",
      },
      [
        `error queries/metrics/m.sql:2:7 random() differs from run to run: the metric cannot be replayed | ${fromRollout}`,
        `error queries/checks/late.sql:1:26 now() differs from run to run: the check cannot be replayed | ${fromRollout}`,
      ],
    ],
    [
      "a staging file of no source, and its table function",
      { "sources/itmes.sql": "SELECT *\nFROM read_text('x')" },
      [
        'error queries/sources/itmes.sql rollout.yaml has no source "itmes"; did you mean "items"? | a staging file is called after its source',
        "error queries/sources/itmes.sql:2:6 the table function read_text() is not for queries | queries read the warehouse's tables; a file becomes one by a source or a lookup in rollout.yaml",
      ],
    ],
  ])("finds %s, with its place and what to do", async (_, files, expected) => {
    expect(said(await check(files))).toEqual(expected);
  });

  it("holds a broken relation against its own file only, and names one that nothing reads", async () => {
    const findings = await check({
      "relations/user_days.sql":
        "SELECT event_date, algo_version, unit_id, 1 AS impressions, 0 AS clicks FROM events",
      "relations/bad.sql": "SELECT event_date, algo_version, nosuch FROM events",
      "relations/idle.sql": "SELECT event_date, algo_version FROM events",
      "metrics/m.sql":
        "SELECT event_date, algo_version, 'u' AS unit_id, nosuch AS numerator, 1 AS denominator FROM bad",
      "checks/none.sql": "SELECT 'pass' AS status, 1 AS observed, 1 AS expected, '' AS detail",
      "cells/none.sql": "SELECT 1 AS one",
    });
    expect(findings.map(({ level, where }) => `${level} ${formatPlace(where)}`)).toEqual([
      "error queries/cells/none.sql",
      "error queries/relations/bad.sql:1:34",
      "warning queries/relations/idle.sql",
    ]);
    expect(findings[1]?.excerpt).toBe(
      "SELECT event_date, algo_version, nosuch FROM events\n                                 ^",
    );
  });

  it("only warns of a lookup's column that no data has shown yet", async () => {
    expect(said(await check({ "cells/a.sql": "SELECT price FROM items" }))).toEqual([
      'warning queries/cells/a.sql:1:8 Referenced column "price" not found in FROM clause! | the columns of the lookup "items" are only known once it is loaded',
    ]);
  });

  it("misses user_days where no package provides it", async () => {
    const files = {
      "relations/r.sql": "SELECT event_date, algo_version FROM events",
      "metrics/a.sql":
        "SELECT event_date, algo_version, 'u' AS unit_id, 1 AS numerator, 1 AS denominator FROM r",
      "checks/b.sql": "SELECT 'pass' AS status, 1 AS observed, 1 AS expected, '' AS detail",
      "cells/c.sql": "SELECT 1 AS one",
    };
    expect(said(await check(files, workspace({})))).toEqual([
      "error queries/relations/user_days.sql there is no relation user_days | gatebook reads units, impressions and clicks from it: take the shipped file",
    ]);
  });
});
