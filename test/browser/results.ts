/** The reports that are looked at in a browser, one in every state that has a layout of its own. */
import { afterAll, beforeAll } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { sampleMonth } from "../helpers/sample-month.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
  severeResult,
} from "../helpers/sample-variants.ts";
import { openPages, type Pages, renderReports } from "./browser.ts";

export const results = {
  promote: sampleResult(),
  rollback: rollbackResult(),
  severe: severeResult(),
  insufficient: insufficientResult(),
  failing: failingResult(),
  "no-data": noDataResult(),
  "before-after": beforeAfterResult(),
  "first-day": firstDayResult(),
  hostile: hostileResult(),
  month: sampleMonth(),
  wide: wideResult(),
};

/** A cell with more columns than a page is wide. */
function wideResult(): Result {
  const [cell] = sampleResult().cells;
  if (cell === undefined) throw new Error("the sample has cells");
  const numbers = Array.from({ length: 18 }, (_, index) => index);
  const columns = numbers.map((index) => ({ name: `column_number_${index}`, type: "BIGINT", unit: null }));
  const rows = [numbers.map((index) => 1_234_567 + index), numbers.map((index) => 7_654_321 + index)];
  return sampleResult({ cells: [{ ...cell, columns, rows, rowCount: 2, chart: null }] });
}

export const names = Object.keys(results);
export const resultOf = (name: string) => results[name as keyof typeof results];

/** Their pages: opened before the tests of the suite that asks, closed behind them. */
export function openedReports(): Pages["visit"] {
  let reports: Pages;
  beforeAll(async () => {
    reports = await openPages(await renderReports(results));
  });
  afterAll(async () => {
    await reports.close();
  });
  return (name, options) => reports.visit(name, options);
}
