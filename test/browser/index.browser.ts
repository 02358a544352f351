import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderIndex } from "../../src/report/index/index-page.ts";
import { indexView } from "../../src/report/index/index-view.ts";
import { sampleNights } from "../helpers/sample-nights.ts";
import { jenkins, missing, openPages, type Pages } from "./browser.ts";
import {
  axeViolations,
  countDrawnTexts,
  outOfOrder,
  overflow,
  textOutsideDrawings,
  tooLargeUnstyled,
  unfold,
  unstyledText,
} from "./findings.ts";
import { drawingLabels, foldedTexts, printed, unreadable } from "./printing.ts";

const nights = sampleNights();
const nightsOf = (name: string) => (name === "many" ? nights : nights.slice(0, 1));

describe.skipIf(missing !== null)(
  `index.html in a browser${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let pages: Pages;

    beforeAll(async () => {
      pages = await openPages({
        many: await renderIndex(nightsOf("many")),
        one: await renderIndex(nightsOf("one")),
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

    it.each(["many", "one", "none"])("axe-core finds nothing, everything unfolded: %s", async (name) => {
      const { page } = await pages.visit(name, { scripts: true });
      await unfold(page);
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    });

    it.each(["many", "one"])(
      "tells the story in reading order with every style removed: %s",
      async (name) => {
        const { page } = await pages.visit(name, { scripts: true });
        const { rollouts } = indexView(nightsOf(name), new Map());
        const text = await unstyledText(page);
        for (const { name: rollout, variants, latest, trends } of rollouts) {
          const marks = [rollout, variants, latest.word, latest.headline, latest.reason, "Verdicts"];
          const guardrails = trends.map(({ title }) => title);
          expect(outOfOrder(text, [...marks, "Guardrails", ...guardrails, "Gates", "Every report"])).toEqual(
            [],
          );
        }
        await page.close();
      },
    );

    it.each(["many", "one"])("stays readable under Jenkins' content policy: %s", async (name) => {
      const { page, complaints } = await pages.visit(name, { policy: jenkins });
      const [rollout] = indexView(nightsOf(name), new Map()).rollouts;
      for (const text of [rollout?.latest.headline, rollout?.latest.reason])
        expect(
          await page
            .getByText(text ?? "")
            .first()
            .isVisible(),
        ).toBe(true);
      expect(complaints.filter((text) => !/inline style|data:image/.test(text))).toEqual([]);
      expect(await tooLargeUnstyled(page)).toEqual([]);
      await page.close();
    });

    it.skipIf(unreadable !== null)(
      `prints every night and every drawing whole${unreadable === null ? "" : ` (skipped: ${unreadable})`}`,
      async () => {
        const { page } = await pages.visit("many", { scripts: true });
        const sheets = await printed(page);
        const all = sheets.map((one) => one.letters).join("");
        const folded = await foldedTexts(page);
        expect(folded.length).toBeGreaterThan(40);
        expect(folded.filter((text) => !all.includes(text))).toEqual([]);
        const drawings = await drawingLabels(page);
        expect(drawings.length).toBeGreaterThan(1);
        const whole = (labels: readonly string[]) =>
          sheets.some((one) => labels.every((label) => one.letters.includes(label)));
        expect(drawings.filter((labels) => !whole(labels))).toEqual([]);
        await page.close();
      },
    );

    it("keeps every label inside its drawing at 1200 px and on a phone of 360 px, which does not scroll sideways", async () => {
      const { page } = await pages.visit("many", { width: 1200, scripts: true });
      await unfold(page);
      expect(await countDrawnTexts(page)).toBeGreaterThan(3);
      expect(await textOutsideDrawings(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 900 });
      expect(await textOutsideDrawings(page)).toEqual([]);
      expect(await overflow(page)).toEqual([0]);
      await page.close();
    });
  },
);
