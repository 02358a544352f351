import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { renderAnnotations } from "../../../src/report/github/annotations.ts";
import { renderStepSummary } from "../../../src/report/github/step-summary.ts";
import { packageTemplates } from "../../../src/report/templates/templates.ts";
import { plainText } from "../../../src/report/view/next.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { manyMetrics, reportStates } from "../../helpers/report-states.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import { rollbackResult } from "../../helpers/sample-variants.ts";

/** As the runner parses a command: properties to the first `::`, what is escaped and nothing else. */
const command =
  /^::(error|warning|notice)(?: ((?:file|line|col|title)=[^,:\r\n]+(?:,(?:file|line|col|title)=[^,:\r\n]+)*))?::([^\r\n]+)$/;

const annotations = (result: Result) => renderAnnotations(result, buildView(result)).trimEnd().split("\n");
const summary = (result: Result) => renderStepSummary(buildView(result), [packageTemplates]);

describe.each(Object.entries(reportStates))("the annotations of %s", (_, result) => {
  const lines = annotations(result);

  it("are workflow commands, a line each", () => {
    expect(lines.filter((line) => !command.test(line))).toEqual([]);
  });

  it("begin with what is worst, and stay within the ten of a level that GitHub keeps", () => {
    const levels = lines.map((line) => command.exec(line)?.[1] ?? "");
    const order = ["error", "warning", "notice"];
    expect(levels).toEqual([...levels].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const level of order) expect(levels.filter((one) => one === level).length).toBeLessThanOrEqual(10);
  });

  it("tell the verdict with every line to type", () => {
    const title = buildView(result).title.slice(0, 8);
    const own = lines.find((line) => line.includes(`title=${title}`));
    const text = own?.replaceAll("%0A", "\n").replaceAll("%25", "%") ?? "";
    expect(text).toContain(plainText(buildView(result).next.steps));
  });

  it("have a summary of no relative picture or link", () => {
    const text = summary(result);
    const prose = text.replace(/^(`{3,})[\s\S]*?^\1$/gm, "").replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
    const links = [...prose.matchAll(/(?<!\\)\]\(<?([^)>]*)>?\)|src="([^"]*)"/g)].map(
      (match) => match[1] ?? match[2] ?? "",
    );
    expect(links.filter((link) => !/^https?:/.test(link))).toEqual([]);
    // GitHub takes 1 MiB
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  });
});

it("says how many annotations did not fit", () => {
  const lines = annotations(manyMetrics(60, rollbackResult()));
  expect(lines.some((line) => /^::error::\d+ more are in the report$/.test(line))).toBe(true);
});

it("has a sparkline for each guardrail", () => {
  const rows = summary(sampleResult())
    .split("\n")
    .filter((line) => /^\| [✓▲✕○] /.test(line));
  expect(rows.length).toBeGreaterThan(4);
  for (const row of rows.slice(0, 5)) expect(row).toMatch(/[▁▂▃▄▅▆▇█]{2,}/);
});

it("links to the published report, and names the path of one that is not", () => {
  const url = "https://reports.example.org/clip/2026-02-07/report.html";
  expect(summary(sampleResult({ reportAt: url }))).toContain(`[The whole report](<${url}>)`);
  expect(summary(sampleResult())).toContain(
    "The whole report: reports/clip-cosine-v2/2026-02-07/report.html",
  );
  expect(summary(sampleResult({ reportAt: 'javascript:alert("x")' }))).not.toContain("](");
});
