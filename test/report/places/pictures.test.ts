import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { renderPictures } from "../../../src/report/pictures/pictures.ts";
import { summaryPicture } from "../../../src/report/pictures/summary-picture.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { sampleResult } from "../../helpers/sample-result.ts";
import { readXml, type XmlElement } from "../../helpers/xml.ts";

interface Png {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** The header and the unpacked rows, by the format's own description. */
function readPng(base64: string): Png {
  const bytes = Buffer.from(base64, "base64");
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    data: inflateSync(Buffer.concat(parts)),
  };
}

const texts = (element: XmlElement): readonly XmlElement[] => [
  ...(element.tag === "text" ? [element] : []),
  ...element.children.flatMap(texts),
];
const drawn = (result: Result) => texts(readXml(summaryPicture(buildView(result)))).map(({ text }) => text);

describe.each(Object.entries(reportStates))("the summary's picture of %s", (_, result) => {
  it("has the verdict, the reason, and every guardrail or how many more", () => {
    const view = buildView(result);
    const told = drawn(result);
    expect(told).toContain(view.verdict.word);
    const words = told.join(" ").replaceAll(" …", "");
    expect(words).toContain(view.verdict.reason.split(" ").slice(0, 3).join(" ").slice(0, 20));
    expect(
      told.filter((text) =>
        / · (rollback|warning|healthy|not enough data yet|no data|error|not available)$/.test(text),
      ),
    ).toHaveLength(Math.min(8, view.guardrails.length));
    if (view.guardrails.length > 8)
      expect(words).toContain(`${view.guardrails.length - 8} more in the report`);
  });
});

const chart = (fill: string) => ({
  path: `charts/delta-${fill.length}.svg`,
  content: `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5" fill="${fill}"/></svg>`,
});

describe("pictures", () => {
  it("are 1200 × 630 for the summary and twice the size of each chart, in the colours of the light theme", async () => {
    const failures: string[] = [];
    const files = await renderPictures(
      buildView(sampleResult()),
      [chart("var(--candidate, #1f5fae)")],
      (path) => failures.push(path),
    );
    expect(failures).toEqual([]);
    expect(files.map(({ path }) => path)).toEqual(["summary.png", "charts/delta-25.png"]);
    const [summary, delta] = files.map(({ content }) => readPng(content));
    expect(summary).toMatchObject({ width: 1200, height: 630 });
    expect(delta).toMatchObject({ width: 20, height: 10 });
    // the first pixel of the first row, after the row's filter byte
    expect([...(delta?.data.subarray(1, 4) ?? [])]).toEqual([0x1f, 0x5f, 0xae]);
  });

  it("set letters, which differ from word to word", async () => {
    const { rollout } = sampleResult();
    const picture = async (candidate: string) => {
      const view = buildView(sampleResult({ rollout: { ...rollout, candidate } }));
      return (await renderPictures(view, [], () => {}))[0]?.content;
    };
    expect(await picture("iiii")).not.toBe(await picture("llll"));
  });

  it("cost no other when one cannot be made", async () => {
    const failures: (readonly string[])[] = [];
    const broken = { path: "charts/broken.svg", content: "<svg" };
    const files = await renderPictures(buildView(sampleResult()), [broken, chart("#000000")], (...told) =>
      failures.push(told),
    );
    expect(files.map(({ path }) => path)).toEqual(["summary.png", "charts/delta-7.png"]);
    expect(failures.map(([path]) => path)).toEqual(["charts/broken.png"]);
    expect(failures[0]?.[1]).not.toBe("");
  });
});
