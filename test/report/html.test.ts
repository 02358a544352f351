import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { renderAll } from "../../src/report/render.ts";
import { sampleMonth } from "../helpers/sample-month.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
} from "../helpers/sample-variants.ts";

async function page(result: Result): Promise<string> {
  const files = await renderAll(result, { formats: ["html"] });
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

beforeAll(async () => {
  pages.set("promote", await page(sampleResult()));
  pages.set("rollback", await page(rollbackResult()));
  pages.set("hostile", await page(hostileResult()));
  pages.set("no data", await page(noDataResult()));
});

describe("report.html", () => {
  it("asks for nothing: no script, no link out, no source, no import", () => {
    for (const html of pages.values()) {
      expect(html).not.toMatch(/<(script|link|iframe|object|embed|img|base|form|foreignObject)\b/i);
      expect(html).not.toMatch(/<[^>]+\s(src|srcset|action|ping|onclick|onload|onerror)\s*=/i);
      expect(html).not.toMatch(/@import|url\(\s*["']?(?!#)/i);
      const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map((match) => match[1]);
      expect(links.every((href) => href?.startsWith("#"))).toBe(true);
    }
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
      expect(tone === "plain" || text.includes((tone ?? "").replace("-", " "))).toBe(true);
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
    expect(/<caption>[\s\S]*?<\/caption>/.exec(html)?.[0]).toContain("before/after, not randomised");
  });

  it("shows the literal verdict beside the verdict", async () => {
    expect(plainText(await page(insufficientResult()))).toContain(
      "ROLLBACK what the bare thresholds would have said HOLD the verdict",
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

  it("stays below 600 KB with thirty days", async () => {
    expect(Buffer.byteLength(await page(sampleMonth()))).toBeLessThan(600_000);
  });
});
