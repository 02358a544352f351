import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
} from "../helpers/sample-variants.ts";
import { missing, openPages, type Pages, renderReports } from "./browser.ts";
import { axeViolations, countDrawnTexts, overflow, textOutsideDrawings, unfold } from "./findings.ts";

const results = {
  promote: sampleResult(),
  rollback: rollbackResult(),
  insufficient: insufficientResult(),
  failing: failingResult(),
  "no-data": noDataResult(),
  "before-after": beforeAfterResult(),
  "first-day": firstDayResult(),
  hostile: hostileResult(),
  month: sampleMonth(),
};
const names = Object.keys(results);

/** What Jenkins sends with archived HTML unless told otherwise. */
const jenkins = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';";

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
      expect(await page.title()).toContain(results[name as keyof typeof results].window.reportDate);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it.each(names)("does not scroll sideways on a phone of 360 px, everything unfolded: %s", async (name) => {
      const { page } = await reports.visit(name, { width: 360, scripts: true });
      await unfold(page);
      expect(await overflow(page)).toEqual([0]);
      await page.close();
    });

    it.each(names)("axe-core finds nothing in light and dark, everything unfolded: %s", async (name) => {
      const { page } = await reports.visit(name, { scripts: true });
      await unfold(page);
      expect(await axeViolations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    });

    it.each(names)("every label stays inside its drawing at 1200 px and at 360 px: %s", async (name) => {
      const { page } = await reports.visit(name, { width: 1200, scripts: true });
      await unfold(page);
      expect(await countDrawnTexts(page)).toBeGreaterThan(5);
      expect(await textOutsideDrawings(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 900 });
      expect(await textOutsideDrawings(page)).toEqual([]);
      await page.close();
    });

    it.each(names)("shows every line to type as one line on a desktop: %s", async (name) => {
      const { page } = await reports.visit(name, { width: 1280, scripts: true });
      await unfold(page);
      const heights = await page.evaluate<number[]>(
        `[...document.querySelectorAll(".commands code > span:not(.comment)")].map((line) => line.getBoundingClientRect().height)`,
      );
      expect(heights.length).toBeGreaterThan(0);
      expect(Math.max(...heights)).toBeLessThan(30);
      await page.close();
    });

    it("fills the first screen with verdict, reason, and what the bare thresholds would have said", async () => {
      const { page } = await reports.visit("insufficient");
      for (const text of [
        "HOLD",
        "cannot tell it from no change",
        "what the bare thresholds would have said",
      ]) {
        const box = await page.getByText(text).first().boundingBox();
        expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(900);
      }
      await page.close();
    });

    it("tells the story in reading order with every style removed", async () => {
      const { page } = await reports.visit("rollback", { scripts: true });
      const text = await page.evaluate<string>(`(() => {
      for (const style of document.querySelectorAll("style")) style.remove();
      document.querySelector("nav").remove();
      return document.body.innerText;
    })()`);
      const marks = [
        "ROLLBACK",
        "fell 7.4%",
        "What to do now",
        "DISCOVERY_ROLLOUT_ENABLED=false",
        "Guardrails",
        "−7.4%",
        "Day by day",
      ];
      const places = marks.map((mark) => text.indexOf(mark));
      expect(places.every((place) => place >= 0)).toBe(true);
      expect([...places].sort((a, b) => a - b)).toEqual(places);
      await page.close();
    });

    it("stays readable under Jenkins' content policy, drawings in their colours", async () => {
      const { page } = await reports.visit("rollback", { policy: jenkins });
      expect(await page.locator("h1").textContent()).toContain("ROLLBACK");
      const zone = page.locator("svg.strip rect").nth(2);
      expect(await zone.isVisible()).toBe(true);
      // Without scripts a style cannot be asked for; the literal beside the token must stand in the attribute itself.
      expect(await zone.getAttribute("fill")).toMatch(/^var\(--[a-z-]+, #[0-9a-f]{6}\)$/);
      await page.close();
    });

    it.skipIf(!existsSync("/usr/bin/pdftotext"))(
      "prints every folded part, and the verdict at the head of every page",
      async () => {
        const { page } = await reports.visit("failing");
        const file = join(tmpdir(), `gatebook-${process.pid}.pdf`);
        await page.pdf({ path: file, format: "A4", preferCSSPageSize: true });
        const pages = execFileSync("pdftotext", ["-layout", file, "-"]).toString().split("\f").slice(0, -1);
        expect(pages.length).toBeGreaterThan(3);
        for (const text of pages)
          expect(text.trimStart()).toMatch(/^HOLD · clip-cosine-v2 at g10 · 2026-02-07/);
        const all = pages.join("\n");
        const folded = [
          "DISCOVERY_FORCE_ALGO_VERSION=clip-cosine-v1",
          "FROM author_shares",
          "Nightly-peeking-safe bound",
          "active_gate: g10",
          "9f86d081884c",
        ];
        expect(folded.filter((text) => !all.includes(text))).toEqual([]);
        await page.close();
      },
    );

    it("keeps the words of every badge when colours are forced or gone", async () => {
      const { page } = await reports.visit("failing", { scheme: "dark" });
      for (const word of ["error", "healthy", "insufficient", "pass", "warn", "informational"])
        expect(await page.getByText(word, { exact: false }).first().isVisible()).toBe(true);
      await page.close();
    });
  },
);
