import { describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { renderAll } from "../../src/report/render.ts";
import { buildView } from "../../src/report/view/view.ts";
import { rememberedDrawing } from "../helpers/drawn-charts.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { lossyResult } from "../helpers/sample-variants.ts";

const judgedOn = "judged on 94.6% of the candidate's impressions";

async function texts(result: Result): Promise<ReadonlyMap<string, string>> {
  return new Map(
    (await renderAll(result, { draw: rememberedDrawing })).map(({ path, content }) => [
      path,
      String(content),
    ]),
  );
}

describe("coverage in the report", () => {
  it.each(["report.html", "report.md", "summary.txt", "report.ipynb"])(
    "%s says below 99% what the guardrail was judged on",
    async (path) => {
      const text = (await texts(lossyResult())).get(path)?.replaceAll("&#x27;", "'") ?? "";
      expect(text).toContain(judgedOn);
    },
  );

  it("the page and the Markdown show events, counted and left out by reason, of both variants", async () => {
    const files = await texts(lossyResult());
    expect(files.get("report.md")).toContain(
      [
        "| guardrail | variant | events | counted | share | unit saw both algorithms | item not in the lookup |",
        "|---|---|--:|--:|--:|--:|--:|",
        "| Click-through rate | candidate | 140,000 impressions | 140,000 | 100% | 0 | 0 |",
        "| Click-through rate | baseline | 1,260,000 impressions | 1,259,988 | 99.9% | 12 | 0 |",
      ].join("\n"),
    );
    expect(files.get("report.md")).toContain(
      "| Top-author share | candidate | 140,000 impressions | 132,440 | 94.6% | 0 | 7,560 |",
    );
    const html = files.get("report.html") ?? "";
    for (const part of ['<h3 id="coverage">', "item not in the lookup", "132,440", "94.6%"])
      expect(html).toContain(part);
  });

  it("only guardrails stand in the table, and reasons that occur", () => {
    const { coverage } = buildView(lossyResult()).health;
    expect(coverage?.rows.map(({ title }) => title)).not.toContain("Save rate");
    expect(coverage?.reasons).toEqual(["unit saw both algorithms", "item not in the lookup"]);
    expect(coverage?.summary).toBe("Every guardrail uses at least 94.6% of each variant's events.");
  });

  it("a guardrail of which it is not known is counted", () => {
    const [first, ...others] = lossyResult().metrics;
    if (first === undefined) throw new Error("no metric");
    const unknown = { ...first, observation: { ...first.observation, coverage: null } };
    const { coverage } = buildView({ ...lossyResult(), metrics: [unknown, ...others] }).health;
    expect(coverage?.summary).toContain("Of 1 other it is not known.");
    expect(coverage?.rows.map(({ title }) => title)).not.toContain(first.title);
  });

  it("what is not known is not shown: a result of version 1", async () => {
    const files = await texts(sampleResult());
    for (const [path, text] of files) {
      expect([path, text.includes("judged on")]).toEqual([path, false]);
      expect([path, text.includes('id="coverage"')]).toEqual([path, false]);
    }
    expect(buildView(sampleResult()).health.coverage).toBeNull();
  });

  it("from 99% on the sentence is silent and the evidence says how much", () => {
    const [ctr] = buildView(lossyResult()).guardrails.filter(({ name }) => name === "ctr");
    expect(ctr?.judgedOn).toBeNull();
    expect(ctr?.facts[0]).toEqual({
      label: "Judged on",
      value: "100% of the candidate's impressions, 99.9% of the baseline's",
    });
  });
});
