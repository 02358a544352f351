import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../src/report/markdown/markdown.ts";
import { code, codeCell, fence, md } from "../../../src/report/markdown/markdown-escape.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { sampleMonth } from "../../helpers/sample-month.ts";
import { sampleDecision, sampleResult } from "../../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  hostile,
  hostileResult,
  rollbackResult,
} from "../../helpers/sample-variants.ts";

const render = (result = sampleResult()) => renderMarkdown(buildView(result));

describe("report.md", () => {
  it("opens with the verdict, the reason and the lines to type", () => {
    const [title, , reason] = render(rollbackResult()).split("\n");
    expect(title).toBe("# 🛑 ROLLBACK: Roll clip-cosine-v2 back to clip-cosine-v1 (standard preset)");
    expect(reason).toContain("**Click-through rate fell 7.4% at g10");
    expect(render(rollbackResult())).toContain(
      "- `DISCOVERY_ROLLOUT_ENABLED=false` (exports/app.env:2, was true)\n\n**2.** Reload",
    );
    expect(render(rollbackResult())).toContain(
      '```sh\ngatebook verify-rollback --preset standard --since "$reloaded"\n```',
    );
  });

  it("shows the scale as places side by side, not as one thing after the other", () => {
    const [scale = ""] = render(rollbackResult()).match(/^\*\*ROLLBACK\*\*.*$/m) ?? [];
    expect(scale).toMatch(/^\*\*ROLLBACK\*\* \(the verdict\) \\?\| HOLD.* \\?\| PROMOTE/);
    expect(scale).not.toMatch(/→|->|>/);
  });

  it("says the same words and numbers as the page", () => {
    const text = render(rollbackResult());
    const view = buildView(rollbackResult());
    for (const metric of [...view.guardrails, ...view.informational]) {
      for (const part of [
        metric.title,
        metric.delta,
        metric.interval,
        metric.because,
        metric.candidate.value,
      ])
        expect(text).toContain(part);
    }
  });

  it("marks every change that is not randomised", () => {
    const text = render(beforeAfterResult());
    expect(text).toContain("| change (before/after, not randomised) |");
    expect(text).toContain("Change by day (before/after, not randomised)");
  });

  it("has tables whose rows have as many cells as their heads, whatever the data", () => {
    for (const result of [sampleResult(), rollbackResult(), failingResult(), hostileResult()]) {
      const blocks = render(result)
        .split("\n\n")
        .filter((block) => block.startsWith("|"));
      expect(blocks.length).toBeGreaterThan(4);
      for (const block of blocks) {
        const widths = block.split("\n").map((row) => row.split(/(?<!\\)\|/).length);
        expect(new Set(widths).size).toBe(1);
      }
    }
  });

  it("lets nothing from data become HTML, a link or a call to someone", () => {
    const text = render(hostileResult())
      .replace(/(`{3,})[\s\S]*?\n\1/g, "")
      .replace(/(`+)[^\n]*?[^`]\1(?!`)/g, "");
    expect(text).not.toMatch(/<(script|img)/i);
    expect(text).not.toMatch(/(?<!\\)\]\(javascript/);
  });

  it("closes what it folds", () => {
    for (const result of [sampleResult(), hostileResult(), sampleMonth()]) {
      const text = render(result);
      expect(text.split("<details>").length).toBe(text.split("</details>").length);
    }
  });

  it("stays within 30,000 characters and says what it left out", () => {
    const [cell] = sampleResult().cells;
    if (cell === undefined) throw new Error("the sample has cells");
    const rows = Array.from({ length: 200 }, (_, index) => [`row ${index}`.repeat(10), "x".repeat(40)]);
    const columns = [
      { name: "a", type: "VARCHAR", unit: null },
      { name: "b", type: "VARCHAR", unit: null },
    ];
    const many = Array.from({ length: 12 }, (_, index) => ({
      ...cell,
      name: `cell${index}`,
      columns,
      rows,
      rowCount: 200,
    }));
    const text = render(sampleResult({ cells: many }));
    expect(text.length).toBeLessThanOrEqual(30_000);
    expect(text).toContain("To keep this document within what a ticket can take");
    expect(text).toContain("## Provenance");
    expect(render(sampleMonth()).length).toBeLessThanOrEqual(30_000);
  });

  it.each([
    [6, null],
    [12, /^rows past the fifth of the notebook's tables and the list of files$/],
    [14, /^rows past the third of the notebook's tables, SQL/],
    [16, /, the list of files and older days$/],
    [24, /evidence of healthy metrics$/],
    [90, /evidence of every metric$/],
  ])(
    "holds a month of %i metrics within 30,000 characters: every metric, what is wrong, and what was left out",
    (many, leftOut) => {
      const base = sampleMonth();
      const [wrong] = rollbackResult().metrics;
      const metrics = Array.from({ length: many }, (_, index) => {
        const metric = base.metrics[index % 6];
        if (metric === undefined || wrong === undefined) throw new Error("the sample has six metrics");
        const told = index === 6 ? { ...wrong, days: metric.days } : metric;
        return { ...told, name: `m${index}`, title: `Metric number ${index} of many` };
      });
      const text = render({ ...base, metrics });
      expect(text.length).toBeLessThanOrEqual(30_000);
      expect(text.split("<details>").length).toBe(text.split("</details>").length);
      for (const { title } of metrics) expect(text).toContain(`| ${title} |`);
      const said = /it leaves out ([^;]*);/.exec(text.split("## What to do now")[0] ?? "")?.[1] ?? null;
      if (leftOut === null) expect(said).toBeNull();
      else expect(said).toMatch(leftOut);
      if (many > 6 && many < 90) expect(text).toContain("**Metric number 6 of many**: ");
    },
  );

  it("cuts a single endless text at a line and closes what is open", () => {
    const text = render(sampleResult({ decision: sampleDecision({ expect: "x".repeat(100_000) }) }));
    expect(text.length).toBeLessThanOrEqual(30_000);
    expect(text.trimEnd().endsWith("Cut here: the rest is in report.html.")).toBe(true);
    expect(text).toContain("# ✅ PROMOTE");
  });

  it("links chart files only when they stand beside it", () => {
    expect(render()).not.toContain("charts/");
  });
});

describe("escaping", () => {
  it("leaves ordinary words as they are", () => {
    expect(md("save_rate rose +0.5% (p = 0.41); 3 of 7 days")).toBe(
      "save_rate rose +0.5% (p = 0.41); 3 of 7 days",
    );
    expect(md("−3.1% on clip-cosine-v2")).toBe("−3.1% on clip-cosine-v2");
  });

  it("takes the meaning from every sign that has one", () => {
    expect(md("a|b *c* `d` [e](f) <g> _h_")).toBe("a\\|b \\*c\\* \\`d\\` \\[e\\](f) &lt;g&gt; \\_h\\_");
    expect(md("# head")).toBe("\\# head");
    expect(md("1. list")).toBe("1\\. list");
    expect(md("one\ntwo")).toBe("one two");
  });

  it("calls no person, no ticket and no site", () => {
    expect(md("@alice #12 !34 https://evil.example www.evil.example")).toBe(
      "@<!-- -->alice #<!-- -->12 !<!-- -->34 https<!-- -->://evil.example www<!-- -->.evil.example",
    );
  });

  it("gives code a fence that its content cannot close", () => {
    expect(code("a`b")).toBe("``a`b``");
    expect(code("`")).toBe("`` ` ``");
    expect(codeCell("a|b")).toBe("`a\\|b`");
    expect(fence("```\nx", "sql")).toBe("````sql\n```\nx\n````");
  });

  it("keeps any text inside one table cell", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const cell of [md(text), codeCell(text), md(hostile + text)]) {
          const row = `| ${cell} |`;
          expect(row.split("\n")).toHaveLength(1);
          // A pipe counts unless an odd number of backslashes stands before it.
          const pipes = [...row.matchAll(/(\\*)\|/g)].filter(
            ([, slashes]) => (slashes ?? "").length % 2 === 0,
          );
          expect(pipes).toHaveLength(2);
        }
      }),
    );
  });
});
