import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderIndex } from "../../src/report/index-page.ts";
import { sampleNights } from "../helpers/sample-nights.ts";
import { missing, openPages, type Pages } from "./browser.ts";
import { axeViolations, countDrawnTexts, overflow, textOutsideDrawings, unfold } from "./findings.ts";

describe.skipIf(missing !== null)(
  `index.html in a browser${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let pages: Pages;

    beforeAll(async () => {
      const nights = sampleNights();
      pages = await openPages({
        many: await renderIndex(nights),
        one: await renderIndex(nights.slice(0, 1)),
        none: await renderIndex([]),
      });
    });
    afterAll(async () => {
      await pages.close();
    });

    it.each(["many", "one", "none"])("asks for nothing and has nothing to complain of: %s", async (name) => {
      const { page, complaints } = await pages.visit(name);
      expect(await page.title()).toMatch(/^gatebook: \d rollouts?, \d+ nights?$/);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it.each([
      ["many", "light"],
      ["many", "dark"],
      ["one", "light"],
      ["none", "light"],
    ] as const)("axe-core finds nothing, everything unfolded: %s, %s", async (name, scheme) => {
      const { page } = await pages.visit(name, { scheme, scripts: true });
      await unfold(page);
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    });

    it("does not scroll sideways on a phone of 360 px", async () => {
      const { page } = await pages.visit("many", { width: 360, scripts: true });
      await unfold(page);
      expect(await overflow(page)).toEqual([0]);
      await page.close();
    });

    it.each([1200, 360])("every label stays inside its drawing at %i px", async (width) => {
      const { page } = await pages.visit("many", { width, scripts: true });
      await unfold(page);
      expect(await countDrawnTexts(page)).toBeGreaterThan(3);
      expect(await textOutsideDrawings(page)).toEqual([]);
      await page.close();
    });
  },
);
