/** A change that is adjusted for the days before the rollout stands beside the raw one, in every format. */
import { expect, it } from "vitest";
import { renderAll } from "../../src/report/render.ts";
import { rememberedDrawing } from "../helpers/drawn-charts.ts";
import { sampleResult } from "../helpers/sample-result.ts";

const base = sampleResult();
const adjusted = {
  delta: -0.0931,
  interval: [-0.121, -0.0637],
  standardError: 0.0162,
  varianceRemoved: 0.2214,
} as const;
const result = {
  ...base,
  window: { ...base.window, preFrom: "2026-01-18", preTo: "2026-01-31" },
  metrics: base.metrics.map((metric) =>
    metric.name === "ctr" ? { ...metric, observation: { ...metric.observation, adjusted } } : metric,
  ),
};

it("stands beside the raw change, and the days it rests on are named", async () => {
  const formats = ["html", "md", "txt", "ipynb", "csv"] as const;
  const files = new Map(
    (await renderAll(result, { formats, draw: rememberedDrawing })).map(({ path, content }) => [
      path,
      String(content),
    ]),
  );
  const shown = {
    "report.html": "−9.3%",
    "report.md": "−9.3%",
    "summary.txt": "adjusted -9.3%",
    "report.ipynb": "−9.3%",
  };
  for (const [path, text] of Object.entries(shown))
    expect([path, files.get(path)?.includes(text)]).toEqual([path, true]);
  expect(files.get("results.csv")).toContain("-0.0931,-0.121,-0.0637");
  expect(files.get("report.html")).toContain("22.1% of the variance removed");
  expect(files.get("report.html")).toContain("2026-01-18 to 2026-01-31");
});

it("that removes next to nothing says so, without digits that mean nothing", async () => {
  const metrics = result.metrics.map((metric) => ({
    ...metric,
    observation: { ...metric.observation, adjusted: { ...adjusted, varianceRemoved: 0.0000142 } },
  }));
  const [page] = await renderAll({ ...result, metrics }, { formats: ["html"], draw: rememberedDrawing });
  expect(page?.content).toContain("; less than 1% of the variance removed");
});
