/** report.html as it is opened: nothing is fetched, everything is read. What each page then holds: report-pages.browser.ts. */
import { describe, expect, it } from "vitest";
import { buildView } from "../../src/report/view/view.ts";
import { jenkins, missing } from "./browser.ts";
import { tooLargeUnstyled } from "./findings.ts";
import { names, openedReports, resultOf } from "./results.ts";

describe.skipIf(missing !== null)(
  `report.html in a browser${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    const visit = openedReports();

    it.each(names)("asks for nothing and has nothing to complain of without scripts: %s", async (name) => {
      const { page, complaints } = await visit(name);
      expect(await page.title()).toContain(resultOf(name).window.reportDate);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("fills the first screen with verdict, reason, and what it would be without the statistics", async () => {
      const { page } = await visit("insufficient");
      for (const text of ["HOLD", "cannot tell it from no change", "Without the statistics"]) {
        const box = await page.getByText(text).first().boundingBox();
        expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(900);
      }
      await page.close();
    });

    it.each(names)(
      "stays readable under Jenkins' content policy, drawings in their colours: %s",
      async (name) => {
        const { page, complaints } = await visit(name, { policy: jenkins });
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

    it("keeps the words of every badge when colours are forced or gone", async () => {
      const { page } = await visit("failing", { scheme: "dark" });
      for (const word of ["error", "healthy", "insufficient", "pass", "warn", "informational"])
        expect(await page.getByText(word, { exact: false }).first().isVisible()).toBe(true);
      await page.close();
    });
  },
);
