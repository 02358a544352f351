/** report.html of every state, printed, unfolded, narrow, and without its styles. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildView } from "../../src/report/view/view.ts";
import { missing } from "./browser.ts";
import {
  axeViolations,
  countDrawnTexts,
  outOfOrder,
  overflow,
  smallestDrawnText,
  textOutsideDrawings,
  tooNarrow,
  unfold,
  unstyledText,
} from "./findings.ts";
import { drawingLabels, foldedTexts, letters, printed, unreadable } from "./printing.ts";
import { names, openedReports, resultOf } from "./results.ts";

describe.skipIf(missing !== null)(
  `report.html in a browser${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    const visit = openedReports();

    // One page for each, folded as it was opened, then unfolded, at last without its styles.
    describe.each(names)("%s", (name) => {
      let page: Page;
      beforeAll(async () => {
        ({ page } = await visit(name, { scripts: true }));
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

      it("shows every title of an ordinary length whole on a phone, beside the longest badge too", async () => {
        await page.setViewportSize({ width: 360, height: 900 });
        const cut = await page.evaluate<string[]>(`[...document.querySelectorAll(".glance .what")]
          .filter((what) => what.textContent.length <= 28 && what.clientHeight > 1.6 * parseFloat(getComputedStyle(what).lineHeight))
          .map((what) => what.textContent)`);
        expect(cut).toEqual([]);
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
  },
);
