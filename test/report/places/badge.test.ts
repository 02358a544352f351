import { describe, expect, it } from "vitest";
import { badgeSvg } from "../../../src/report/badge/badge-svg.ts";
import { literals } from "../../../src/report/charts/theme.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { readXml, type XmlElement } from "../../helpers/xml.ts";

const all = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(all)];

describe.each(Object.entries(reportStates))("badge.svg of %s", (_, result) => {
  const view = buildView(result);
  const svg = badgeSvg(view);
  const elements = all(readXml(svg));
  const texts = elements.filter(({ tag }) => tag === "text");

  it("says the verdict in a word, in its colour, with its gate and day", () => {
    expect(texts[1]?.text).toBe(`${view.verdict.word} ${view.subject.reportDate}`);
    expect(svg).toContain(`fill="${literals[`verdict-${view.verdict.tone}`]}"`);
  });

  it("has a title that says all of it and why, for whoever cannot see it", () => {
    const title = elements.find(({ tag }) => tag === "title");
    expect(title?.text).toBe(`${view.title}: ${view.verdict.reason}`);
    expect(elements[0]?.attributes).toMatchObject({ role: "img", "aria-labelledby": "title" });
  });

  it("is plain: no style, script, link or variable of a page", () => {
    expect(svg).not.toMatch(/var\(|style|<script|href|url\(|@import/);
    expect(Number(elements[0]?.attributes["width"])).toBeLessThan(600);
  });
});
