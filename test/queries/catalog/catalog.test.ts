import { describe, expect, it } from "vitest";
import { catalogFiles, queryProvenance, readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { readHeaderLines } from "../../../src/queries/catalog/header-lines.ts";
import { catalogOf, shippedRoot, told, workspace } from "../warehouse.ts";

describe("the catalog", () => {
  it("holds every file by kind and name, in a fixed order", () => {
    const catalog = catalogOf({
      "cells/b.sql": "SELECT 2",
      "cells/a.sql": "SELECT 1",
      "relations/r.sql": "SELECT 3",
      "sources/feed.sql": "SELECT 4",
      "metrics/README.md": "prose",
      "cells/a.vl.json": "{}",
      "checks/.hidden.sql": "SELECT 5",
    });
    expect(catalogFiles(catalog).map(({ path, chart }) => [path, chart?.path ?? null])).toEqual([
      ["queries/sources/feed.sql", null],
      ["queries/relations/r.sql", null],
      ["queries/cells/a.sql", "queries/cells/a.vl.json"],
      ["queries/cells/b.sql", null],
    ]);
    expect(catalog.problems).toEqual([]);
    expect(queryProvenance(catalog)["queries/cells/b.sql"]).toEqual({
      kind: "cell",
      sql: "SELECT 2",
      sha256: "ebbb5b332060a3ede7047bd7528883b0a560e729848f9feb8ff742145e909b01",
    });
  });

  it("takes a folder that the workspace does not have from the shipped queries, and only such a folder", () => {
    const own = readCatalog(workspace({ "metrics/mine.sql": "SELECT 1" }), shippedRoot);
    expect(own.metrics.map(({ name }) => name)).toEqual(["mine"]);
    expect(own.relations.map(({ name }) => name)).toContain("user_days");
    expect(own.problems).toEqual([]);
  });

  it("tells all that is wrong with names, not only the first thing", () => {
    const { problems } = catalogOf({
      "metrics/My Metric.sql": "SELECT 1",
      "metrics/ctr.SQL": "SELECT 1",
      "metrics/ctr.vl.json": "{}",
      "relations/events.sql": "SELECT 1",
      "relations/same.sql": "SELECT 1",
      "cells/same.sql": "-- @titel A\nSELECT 1",
      "cells/lonely.vl.json": "{}",
      "cells/more/x.sql": "SELECT 1",
      "metric/x.sql": "SELECT 1",
      "loose.sql": "SELECT 1",
    });
    expect(problems.map(told)).toEqual([
      "queries/cells/lonely.vl.json the chart has no query lonely.sql beside it | add queries/cells/lonely.sql or rename the chart",
      "queries/cells/more queries are not read from subfolders | move its files to queries/cells",
      'queries/cells/same.sql the name "same" is taken by queries/relations/same.sql | rename one of the two files',
      "queries/cells/same.sql:1:4 unknown header key @titel | did you mean @title?",
      "queries/loose.sql the file is outside the folders of queries | queries are kept in sources, relations, dimensions, metrics, checks, cells",
      'queries/metric "metric" is not a folder of queries; did you mean "metrics"? | queries are kept in sources, relations, dimensions, metrics, checks, cells',
      'queries/metrics/My Metric.sql "My Metric" cannot be the name of a metric | use lower-case letters, digits and _, a letter first',
      "queries/metrics/ctr.SQL the ending .SQL is not lower case | rename it to ctr.sql",
      "queries/metrics/ctr.vl.json the chart has no query ctr.sql beside it | add queries/metrics/ctr.sql or rename the chart",
      `queries/relations/events.sql "events" is a table of gatebook's own | ${problems.at(-1)?.hint}`,
    ]);
    expect(problems.at(-1)?.hint).toContain("user_discovery_events");
  });

  it("shipped has no problem, and says of every file what it is", () => {
    const shipped = readCatalog(shippedRoot);
    expect(shipped.problems.map(told)).toEqual([]);
    for (const { path, sql } of catalogFiles(shipped)) {
      expect(readHeaderLines(sql).prose, path).toMatch(/^One row[ :].*\.$/s);
    }
  });
});
