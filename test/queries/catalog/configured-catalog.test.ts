import { expect, it } from "vitest";
import { configuredCatalog } from "../../../src/queries/catalog/configured-catalog.ts";
import { catalogOf, sourceOf, told } from "../warehouse.ts";

const sources = [sourceOf("feed", "events", ["platform", "user_id"])];
const requiring = (names: string) =>
  configuredCatalog(
    catalogOf({
      "metrics/orders.sql": `-- @title Orders\n-- @requires ${names}\nSELECT 1`,
      "cells/x.sql": "SELECT 1",
    }),
    { sources, dimensions: [] },
  );

it("takes @requires with canonical columns and those that a source adds", () => {
  const { metrics, problems } = requiring("user_id, platform");
  expect(problems).toEqual([]);
  expect(metrics[0]?.header.requires).toEqual(["user_id", "platform"]);
});

it("refuses one that no source adds at its place, and what could never be one", () => {
  const { metrics, cells, problems } = requiring("platfrom country");
  expect(problems.map(told)).toEqual([
    'queries/metrics/orders.sql:2:14 @requires: "platfrom" is not a column of events; did you mean "platform"? | other columns come from columns: of a source in rollout.yaml',
    'queries/metrics/orders.sql:2:14 @requires: "country" is not a column of events | other columns come from columns: of a source in rollout.yaml',
  ]);
  expect([metrics[0]?.problems.length, cells[0]?.problems.length]).toEqual([2, 0]);
  for (const name of ["event_date", "unit_id", "user-id", "autor_id"])
    expect(requiring(name).problems.map(told), name).toEqual([
      expect.stringMatching(/^queries\/metrics\/orders\.sql:2:14 @requires: ".*" is not a column of events/),
    ]);
});
