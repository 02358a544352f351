import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { renderAll } from "../../../src/report/render.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { rememberedDrawing } from "../../helpers/drawn-charts.ts";
import { sampleMonth } from "../../helpers/sample-month.ts";
import { sampleDecision, sampleResult } from "../../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
} from "../../helpers/sample-variants.ts";

async function page(result: Result): Promise<string> {
  const files = await renderAll(result, { formats: ["html"], draw: rememberedDrawing });
  return files[0]?.content ?? "";
}

/** What a reader sees with every tag, style and drawing taken away. */
function plainText(html: string): string {
  return html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(#x27|#x3D|quot|lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, " ");
}

const entities: Readonly<Record<string, string>> = {
  "&#x27;": "'",
  "&#x3D;": "=",
  "&quot;": '"',
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

const pages = new Map<string, string>();
let held = "";

beforeAll(async () => {
  held = await page(insufficientResult());
  pages.set("promote", await page(sampleResult()));
  pages.set("rollback", await page(rollbackResult()));
  pages.set("hostile", await page(hostileResult()));
  pages.set("no data", await page(noDataResult()));
});

describe("report.html", () => {
  it("asks for nothing: no script, no link out, no source, no import", () => {
    for (const html of pages.values()) {
      expect(html.match(/<link\b/g)).toHaveLength(1);
      expect(html).not.toMatch(/<(script|iframe|object|embed|img|base|form|foreignObject)\b/i);
      expect(html).not.toMatch(/<[^>]+\s(src|srcset|action|ping|onclick|onload|onerror)\s*=/i);
      expect(html).not.toMatch(/@import|url\(\s*["']?(?!#)/i);
      const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map((match) => match[1]);
      expect(links.every((href) => href?.startsWith("#"))).toBe(true);
    }
  });

  it("shows the verdict in the browser's tab, a shape of its own each, without asking a server for it", () => {
    const icons = [...pages.values(), held].map(
      (html) => /<link rel="icon" href="data:image\/svg\+xml,([^"]*)">/.exec(html)?.[1],
    );
    const shapes = icons.map((icon) => /%3C(path|rect|circle)/.exec(icon ?? "")?.[1]);
    expect([shapes[0], shapes[1], shapes.at(-1)]).toEqual(["circle", "path", "rect"]);
    for (const icon of icons) expect(icon).not.toMatch(/[<>#]/);
  });

  it("forbids scripts and requests to itself", () => {
    expect(pages.get("promote")).toContain(`content="default-src 'none'; style-src 'unsafe-inline';`);
  });

  it("carries no meaning in style attributes", () => {
    const withoutDrawings = pages.get("rollback")?.replace(/<svg[\s\S]*?<\/svg>/g, "");
    expect(withoutDrawings).not.toMatch(/<[^>]+\sstyle=/);
  });

  it("has the verdict in its title", () => {
    expect(pages.get("rollback")).toContain("<title>ROLLBACK · clip-cosine-v2 at g10 · 2026-02-07</title>");
  });

  it("repeats the verdict at the head of every printed page", () => {
    const css = /@page \{ @top-left \{ content: "([^"]*)"/.exec(pages.get("rollback") ?? "")?.[1];
    const shown = css?.replace(/\\([0-9a-f]+) /g, (_, code) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
    expect(shown).toBe("ROLLBACK · clip-cosine-v2 at g10 · 2026-02-07");
  });

  it("tells the story in order with all styles removed", () => {
    const story = plainText((pages.get("rollback") ?? "").replace(/<nav[\s\S]*?<\/nav>/, ""));
    const marks = [
      "ROLLBACK : Roll clip-cosine-v2 back to clip-cosine-v1",
      "Click-through rate fell 7.4% at g10",
      "What to do now",
      "DISCOVERY_ROLLOUT_ENABLED=false",
      "What to expect tomorrow",
      "Since last night",
      "Guardrails",
      "95% interval −10.3% to −4.4%",
      "Day by day",
      "Data health",
      "Preflight",
      "Daily operator checklist",
      "Notebook",
      "In [1]",
      "Decision trace",
      "Provenance",
    ];
    let place = 0;
    for (const mark of marks) {
      const found = story.indexOf(mark, place);
      expect([mark, found >= 0]).toEqual([mark, true]);
      place = found;
    }
  });

  it("says in words whatever it says in colour", () => {
    const cells = [
      ...(pages.get("rollback") ?? "").matchAll(/<td class="heat-cell tone-([a-z-]+)">([\s\S]*?)<\/td>/g),
    ];
    expect(cells.length).toBeGreaterThan(40);
    for (const [, tone, content] of cells) {
      const text = plainText(content ?? "");
      const words = tone === "insufficient" ? "not enough data yet" : (tone ?? "").replace("-", " ");
      expect(text).toContain(tone === "plain" ? "informational" : words);
    }
  });

  it("lets nothing from data become markup", () => {
    const html = pages.get("hostile") ?? "";
    expect(html).not.toMatch(/<script|<img/i);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src&#x3D;x onerror");
    expect(html).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it("says that nothing is randomised wherever it shows a change", async () => {
    const html = await page(beforeAfterResult());
    const cards = [...html.matchAll(/<p class="change">[\s\S]*?<\/p>/g)];
    expect(cards).toHaveLength(6);
    expect(cards.every(([card]) => card.includes("before/after, not randomised"))).toBe(true);
    const captions = [...html.matchAll(/<figcaption>([^<]*change by day[^<]*)<\/figcaption>/g)];
    expect(captions.every(([, text]) => text?.includes("before/after, not randomised"))).toBe(true);
    expect(/<section id="days"[\s\S]*?<\/p>/.exec(html)?.[0]).toContain("before/after, not randomised");
  });

  it("shows the literal verdict beside the verdict", async () => {
    expect(plainText(await page(insufficientResult()))).toContain(
      "ROLLBACK without the statistics HOLD the verdict",
    );
  });

  it("puts an error in its place, with the source line and a caret", async () => {
    const html = await page(failingResult());
    const cell = /<article class="cell failed"[\s\S]*?<\/article>/.exec(html)?.[0] ?? "";
    expect(cell).toContain("queries/cells/traffic_by_day.sql:5:7");
    expect(cell).toContain("  sum(impresions) AS impressions,\n      ^");
    expect(cell).toContain("Did you mean");
  });

  it("loses no character of a query by colouring it", () => {
    const pre =
      /aria-label="SQL of Traffic by day"><code>([\s\S]*?)<\/code>/.exec(pages.get("promote") ?? "")?.[1] ??
      "";
    const sql = pre
      .replace(/<[^>]+>/g, "")
      .replace(/&#x27;/g, "'")
      .replace(/&#x3D;/g, "=");
    expect(sql).toBe(sampleResult().cells[0]?.sql);
    expect(pre).toContain('<span class="sql-keyword">SELECT</span>');
  });

  it("has a link to itself on every heading, cell, check and rule", () => {
    for (const html of pages.values()) {
      const headings = [...html.matchAll(/<h[123][^>]*>[\s\S]*?<\/h[123]>/g)].map(([heading]) => heading);
      const unlinked = headings.filter((heading) => !/class="(anchor|contents-title)"/.test(heading));
      // What else the runbook offers is folded under one heading that has a link.
      expect(
        unlinked.filter((heading) => !/>(Immediate rollback|Standard rollback|Promote)</.test(heading)),
      ).toEqual([]);
      const places = [...html.matchAll(/<(?:article|tr)[^>]* id="([^"]+)"/g)].map(([, id]) => id ?? "");
      expect(places.length).toBeGreaterThan(5);
      expect(places.filter((id) => !html.includes(`class="anchor" href="#${id}"`))).toEqual([]);
    }
  });

  it("lists in its contents every metric with its change, every check to look at and every cell by its number", () => {
    const story = plainText(
      /<nav class="contents"[\s\S]*?<\/nav>/.exec(pages.get("rollback") ?? "")?.[0] ?? "",
    );
    const { guardrails, health, cells } = buildView(rollbackResult());
    for (const { title, delta, classification } of guardrails)
      expect(story).toContain(`${classification.glyph} ${title} ${delta} ${classification.word}`);
    for (const { title, badge } of health.open)
      expect(story).toContain(`${badge.glyph} ${title} ${badge.word}`);
    for (const { title, number } of cells) expect(story).toContain(`${number} ${title}`);
  });

  it("folds what is older than a fortnight, and reasons past the third", async () => {
    const html = await page(sampleMonth());
    const heat = /<section id="days"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    const [shown = "", ...folded] = heat.split("<details>");
    expect(shown.match(/<tr[ >]/g)).toHaveLength(2 + 13);
    expect(folded.join("").match(/<tr[ >]/g)?.length).toBeGreaterThan(14);
    const reasons = Array.from({ length: 6 }, (_, index) => `Reason ${index}.`);
    const banner = /<section id="verdict"[\s\S]*?<\/section>/.exec(
      await page(sampleResult({ decision: sampleDecision({ reasons }) })),
    )?.[0];
    expect(plainText(banner?.split("<details>")[0] ?? "")).toContain("Reason 0. Reason 1. Reason 2.");
    expect(plainText(banner?.split("<details>")[1] ?? "")).toContain(
      "3 more reasons Reason 3. Reason 4. Reason 5.",
    );
  });

  it("has unique ids, and every link inside it leads somewhere", () => {
    for (const html of [pages.get("promote"), pages.get("no data")]) {
      const ids = [...(html ?? "").matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const targets = [...(html ?? "").matchAll(/href="#([^"]+)"|aria-labelledby="([^"]+)"/g)];
      const missing = targets
        .flatMap(([, href, label]) => (href ?? label ?? "").split(" "))
        .filter((id) => !ids.includes(id));
      expect(missing).toEqual([]);
    }
  });

  it("orders its headings without a gap", () => {
    const levels = [...(pages.get("promote") ?? "").matchAll(/<h([1-6])\b/g)].map((match) =>
      Number(match[1]),
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
  });

  it("stays below 500 KB with thirty days", async () => {
    expect(Buffer.byteLength(await page(sampleMonth()))).toBeLessThan(500_000);
  });
});
