/** The page of `gatebook watch` in Chromium: files are edited on the disk, and the page is read. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Preview, startPreview } from "../../src/preview/preview.ts";
import { caseContext, runCase } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";
import { executablePath, missing } from "./browser.ts";
import { axeViolations } from "./findings.ts";

const CTR = "queries/metrics/ctr.sql";
const AUTHORS = "queries/cells/top_authors.sql";

describe.skipIf(missing !== null)(
  `the page of gatebook watch${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let root: string;
    let preview: Preview;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];
    let stop = (): void => {};
    let ended: Promise<void>;

    const text = (path: string): string => readFileSync(join(root, path), "utf8");
    /** As editors do: beside it, then in its place. */
    const save = (path: string, content: string): void => {
      writeFileSync(join(root, `${path}.tmp~`), content);
      renameSync(join(root, `${path}.tmp~`), join(root, path));
    };
    const edit = (path: string, before: string, after: string): void => {
      const whole = text(path);
      expect(whole.split(before).length).toBe(2);
      save(
        path,
        whole.replace(before, () => after),
      );
    };
    const template = (content: string): void =>
      writeFilesIn(root, { "templates/html/partials/notebook.hbs": content });
    const note = (place: string) => page.locator(`#${place} .preview-note`);

    beforeAll(async () => {
      root = await madeWorkspace(afterAll);
      await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 400 });
      await runCase(root, { date: "2026-02-03" });
      const request = { file: join(root, "rollout.yaml"), date: null, timeoutMs: 60_000, port: 0 };
      preview = await startPreview({ ...request, onPass: () => {} }, caseContext());
      ended = preview.until(new Promise((resolve) => (stop = resolve)));
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.on("console", (message) => complaints.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      page.on("request", (request) => {
        if (!request.url().startsWith(preview.url ?? "none")) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(preview.url ?? "");
    });
    afterAll(async () => {
      await browser.close();
      stop();
      await ended;
    });

    it("shows the report of the published warehouse", async () => {
      expect(await page.title()).toMatch(/^HOLD · clip-cosine-v2 at g10 · 2026-02-03$/);
      expect(await page.locator(".preview-status").textContent()).toContain("opened");
      expect(await page.locator("article.cell").count()).toBeGreaterThan(4);
      expect(complaints).toEqual([]);
    });

    it("scrolls the edited cell into view and says what the save changed there", async () => {
      await page.evaluate("scrollTo(0, 0)");
      edit(AUTHORS, "place <= 10", "place <= 9");
      await expect
        .poll(() => note("cell-top_authors").textContent())
        .toMatch(/changed by this save:\s*rows 20 → 18/);
      expect(await page.locator("#cell-top_authors tbody tr").count()).toBe(18);
      expect(await isInView(page, "cell-top_authors")).toBe(true);
      expect(await page.locator(".preview-edited").getAttribute("id")).toBe("cell-top_authors");
      expect(await page.locator(".preview-status").textContent()).toMatch(
        /\d\d:\d\d:\d\d · queries\/cells\/top_authors\.sql · ran cell top_authors · \d+ ms/,
      );
    });

    it("shows an error in its place, with the last good result beside it, and the difference when it is fixed", async () => {
      edit(AUTHORS, "ORDER BY algo_version, place", "ORDER BY algo_version, plase");
      const cell = page.locator("#cell-top_authors");
      await expect.poll(() => cell.locator(".error").first().textContent()).toContain("plase");
      expect(await cell.locator(".error .place").textContent()).toMatch(
        /^queries\/cells\/top_authors\.sql:34:24$/,
      );
      expect(await cell.locator(".error pre").textContent()).toBe(
        `ORDER BY algo_version, plase\n${" ".repeat(23)}^`,
      );
      const last = cell.locator(".preview-last");
      expect(await last.locator("tbody tr").count()).toBe(18);
      expect(await cell.locator(".preview-note pre").first().textContent()).toBe(
        "- ORDER BY algo_version, place\n+ ORDER BY algo_version, plase",
      );
      expect(await page.locator(".preview-wrong").textContent()).toBe("1 wrong");

      save(AUTHORS, text(AUTHORS).replace("plase", "place").replace("place <= 9", "place <= 10"));
      await expect
        .poll(() => note("cell-top_authors").textContent())
        .toMatch(/runs again; against the last good result:\s*rows 18 → 20/);
      expect(await page.locator("#cell-top_authors .error").count()).toBe(0);
      expect(await page.locator(".preview-wrong").count()).toBe(0);
    });

    it("follows a metric: value, classification and verdict", async () => {
      const icon = () => page.locator("link[rel=icon]").getAttribute("href");
      const holds = await icon();
      const value = page.locator("#metric-ctr .values dd").first();
      const before = await value.textContent();
      edit(
        CTR,
        "clicks AS numerator",
        "CASE WHEN algo_version = 'clip-cosine-v2' THEN 0 ELSE clicks END AS numerator",
      );
      await expect
        .poll(() => note("metric-ctr").textContent())
        .toMatch(/value [\d.]+% → 0%.*classification insufficient → rollback/);
      expect(await value.textContent()).not.toBe(before);
      expect(await isInView(page, "metric-ctr")).toBe(true);
      expect(await page.title()).toMatch(/^ROLLBACK/);
      expect(await icon()).not.toBe(holds);
      expect(await page.locator("#main > .preview-note").textContent()).toMatch(
        /hold \(warning\) → rollback \(rollback\)/,
      );
    });

    it("keeps what is folded open, and the place, when another part changes", async () => {
      await page.locator("#cell-traffic_by_day details.sql summary").click();
      await page.evaluate('document.getElementById("cell-traffic_by_day").scrollIntoView()');
      const at = await page.evaluate("scrollY");
      edit("rollout.yaml", "persistent_warning_days: 2", "persistent_warning_days: 3");
      await expect.poll(() => page.locator(".preview-status").textContent()).toContain("rollout.yaml");
      expect(await page.locator("#cell-traffic_by_day details.sql").getAttribute("open")).not.toBeNull();
      expect(await page.evaluate("scrollY")).toBe(at);
    });

    it("shows thresholds at once, and a rollout.yaml that cannot be read beside the report as it was", async () => {
      edit(
        "rollout.yaml",
        "drop: { warning: 3%, rollback: 5%, severe: 10% }",
        "drop: { warning: 3%, rollback: 6%, severe: 10% }",
      );
      await expect
        .poll(() => note("metric-ctr").textContent())
        .toContain("thresholds drop 3% / 5% / 10% → drop 3% / 6% / 10%");
      edit("rollout.yaml", "active_gate: g10", "active_gate g10");
      await expect
        .poll(() => page.locator(".preview-problem").first().textContent())
        .toContain("rollout.yaml:");
      expect(await page.locator("#metric-ctr .lines").textContent()).toContain("−6%");
      edit("rollout.yaml", "active_gate g10", "active_gate: g10");
      await expect.poll(() => page.locator(".preview-problem").count()).toBe(0);
    });

    it("follows templates and styles, also broken ones, without running a query", async () => {
      const shipped = readFileSync(
        join(import.meta.dirname, "../../templates/html/partials/notebook.hbs"),
        "utf8",
      );
      template(shipped.replace(">Notebook ", ">Bench notes "));
      await expect.poll(() => page.locator("#notebook-title").textContent()).toContain("Bench notes");
      expect(await page.locator(".preview-status").textContent()).toContain("nothing run again");
      template(shipped.replace("{{#each cells}}", "{{#each sells}}"));
      const problem = page.locator(".preview-problem");
      await expect
        .poll(() => problem.first().textContent())
        .toContain("templates/html/partials/notebook.hbs:3:9");
      expect(await page.locator("#notebook-title").textContent()).toContain("Bench notes");
      rmSync(join(root, "templates"), { recursive: true });
      await expect.poll(() => problem.count()).toBe(0);
      expect(await page.locator("#notebook-title").textContent()).toContain("Notebook");
    });

    it("escapes what a file holds, and runs no script of it", async () => {
      changeFile(root, "queries/cells/traffic_by_day.sql", {
        "-- @title Traffic by day":
          "-- @title <script>document.title = 'owned'</script><img src=x onerror=alert(1)>",
      });
      await expect.poll(() => page.locator("#cell-traffic_by_day h3").textContent()).toContain("<script>");
      expect(await page.title()).not.toContain("owned");
      expect(complaints).toEqual([]);
    });

    it("axe-core finds nothing, with errors and notes on the page", async () => {
      const other = await browser.newPage({ bypassCSP: true });
      edit(CTR, "impressions AS denominator", "impresions AS denominator");
      await expect.poll(() => page.locator("#metric-ctr .error").count()).toBeGreaterThan(0);
      await other.goto(preview.url ?? "");
      await expect.poll(() => other.locator("#metric-ctr .preview-note").count()).toBe(1);
      expect(await axeViolations(other)).toEqual([]);
      await other.close();
    });
  },
);

function isInView(page: Page, id: string): Promise<boolean> {
  return page.evaluate(`(() => {
    const { top, bottom } = document.getElementById("${id}").getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  })()`);
}
