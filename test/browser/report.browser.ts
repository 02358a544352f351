import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { buildView } from "../../src/report/view/view.ts";
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
import { jenkins, missing, openPages, type Pages, renderReports } from "./browser.ts";
import {
  axeViolations,
  countDrawnTexts,
  outOfOrder,
  overflow,
  smallestDrawnText,
  textOutsideDrawings,
  tooLargeUnstyled,
  tooNarrow,
  unfold,
  unstyledText,
} from "./findings.ts";
import { drawingLabels, foldedTexts, letters, printed, unreadable } from "./printing.ts";

const results = {
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

const names = Object.keys(results);
const resultOf = (name: string) => results[name as keyof typeof results];

describe.skipIf(missing !== null)(
  `report.html in a browser${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let reports: Pages;

    beforeAll(async () => {
      reports = await openPages(await renderReports(results));
    });
    afterAll(async () => {
      await reports.close();
    });

    it.each(names)("asks for nothing and has nothing to complain of without scripts: %s", async (name) => {
      const { page, complaints } = await reports.visit(name);
      expect(await page.title()).toContain(resultOf(name).window.reportDate);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("fills the first screen with verdict, reason, and what it would be without the statistics", async () => {
      const { page } = await reports.visit("insufficient");
      for (const text of ["HOLD", "cannot tell it from no change", "Without the statistics"]) {
        const box = await page.getByText(text).first().boundingBox();
        expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(900);
      }
      await page.close();
    });

    it.each(names)(
      "stays readable under Jenkins' content policy, drawings in their colours: %s",
      async (name) => {
        const { page, complaints } = await reports.visit(name, { policy: jenkins });
        const { verdict, next } = buildView(resultOf(name));
        const line = next.steps[0]?.text ?? "";
        for (const text of [verdict.headline, verdict.reason, line])
          expect(await page.getByText(text.slice(0, 60)).first().isVisible()).toBe(true);
        // Its own style element and nothing else is refused: no image, no font, no script is missed.
        expect(complaints.filter((text) => !/inline style|data:image/.test(text))).toEqual([]);
        expect(await tooLargeUnstyled(page)).toEqual([]);
        // The literal beside the token must stand in the attribute itself: no style reaches it.
        const paint = await page.locator("svg [fill^='var']").first().getAttribute("fill");
        expect(paint).toMatch(/^var\(--[a-z-]+, #[0-9a-f]{6}\)$/);
        await page.close();
      },
    );

    // One page for each, folded as it was opened, then unfolded, at last without its styles.
    describe.each(names)("%s", (name) => {
      let page: Page;
      beforeAll(async () => {
        ({ page } = await reports.visit(name, { scripts: true }));
      });
      afterAll(async () => {
        await page.close();
      });

      it.skipIf(unreadable !== null)(
        `has on paper every folded part open, every chart whole, the verdict on each page${unreadable === null ? "" : ` (skipped: ${unreadable})`}`,
        async () => {
          const pages = await printed(page);
          expect(pages.length).toBeGreaterThan(2);
          // A name of a hundred characters wraps in the margin.
          const head = letters(await page.title()).slice(0, 40);
          for (const { text } of pages) expect(letters(text).slice(0, head.length)).toBe(head);
          const all = pages.map((one) => one.letters).join("");
          const shown = buildView(resultOf(name)).cells.filter(({ rows }) => rows.length > 0);
          const columns = shown.flatMap((cell) => cell.columns.map((column) => letters(column.name)));
          expect(columns.filter((column) => !all.includes(column))).toEqual([]);
          const lines = await foldedTexts(page);
          expect(lines.length).toBeGreaterThan(40);
          expect(lines.filter((line) => !all.includes(line))).toEqual([]);
          const drawings = await drawingLabels(page);
          expect(drawings.length).toBeGreaterThan(0);
          const cut = drawings.filter(
            (labels) => !pages.some((one) => labels.every((label) => one.letters.includes(label))),
          );
          expect(cut).toEqual([]);
        },
      );

      it("shows every line to change by hand as one line on a desktop", async () => {
        await unfold(page);
        const heights = await page.evaluate<number[]>(
          `[...document.querySelectorAll(".edits code")].map((line) => line.getBoundingClientRect().height)`,
        );
        expect(heights.length).toBeGreaterThan(0);
        expect(Math.max(...heights)).toBeLessThan(30);
      });

      it("has room for every number at a glance, beside its badge", async () => {
        for (const width of [360, 900, 1200]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await tooNarrow(page, ".glance .delta-of")).toEqual([]);
        }
      });

      it("has nothing that axe-core finds wrong, in light and in dark", async () => {
        await unfold(page);
        expect(await axeViolations(page)).toEqual([]);
      });

      it("keeps every label inside its drawing at 1200 px and on a phone of 360 px, which does not scroll sideways", async () => {
        await unfold(page);
        await page.setViewportSize({ width: 1200, height: 900 });
        expect(await countDrawnTexts(page)).toBeGreaterThan(5);
        expect(await textOutsideDrawings(page)).toEqual([]);
        await page.setViewportSize({ width: 360, height: 900 });
        expect(await textOutsideDrawings(page)).toEqual([]);
        expect(await overflow(page)).toEqual([0]);
        expect(await smallestDrawnText(page)).toBeGreaterThanOrEqual(9.7);
      });

      it("tells the story in reading order with every style removed", async () => {
        const { verdict, next, changes, guardrails, days, checklist } = buildView(resultOf(name));
        const text = await unstyledText(page);
        const marks = [
          verdict.word,
          verdict.headline,
          verdict.reason,
          "What to do now",
          next.steps[0]?.text ?? "",
          next.expect,
          changes.title,
          "Guardrails",
          ...guardrails.map(({ title }) => title),
          days.title,
          "Data health",
          "Preflight",
          checklist.title,
          "Notebook",
          "In [1]",
          "Decision trace",
          "Provenance",
        ];
        expect(outOfOrder(text, marks)).toEqual([]);
      });
    });

    it("keeps the words of every badge when colours are forced or gone", async () => {
      const { page } = await reports.visit("failing", { scheme: "dark" });
      for (const word of ["error", "healthy", "insufficient", "pass", "warn", "informational"])
        expect(await page.getByText(word, { exact: false }).first().isVisible()).toBe(true);
      await page.close();
    });
  },
);
