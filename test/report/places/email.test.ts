import { describe, expect, it } from "vitest";
import { step } from "../../../src/judge/checklist/steps.ts";
import type { Result } from "../../../src/model/result.ts";
import { renderEmail } from "../../../src/report/email/email.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { sampleDecision, sampleResult, stepsOf } from "../../helpers/sample-result.ts";
import { readXml, type XmlElement } from "../../helpers/xml.ts";

/** What Gmail and Outlook for Windows (Word's renderer) both keep; all else one of them drops, or takes for an attack. */
const elements: Readonly<Record<string, readonly string[]>> = {
  html: ["lang"],
  head: [],
  meta: ["charset", "name", "content"],
  title: [],
  body: ["style"],
  table: ["role", "width", "cellpadding", "cellspacing", "border", "bordercolor", "style"],
  tr: [],
  td: ["align", "bgcolor", "style"],
  th: ["align", "scope", "bgcolor", "style"],
  p: ["style"],
  h2: ["style"],
  pre: ["style"],
  a: ["href", "style"],
};
const properties = new Set([
  "margin",
  "padding",
  "color",
  "background-color",
  "font-family",
  "font-size",
  "font-weight",
  "text-align",
  "vertical-align",
  "border-collapse",
  "white-space",
]);
/** No function, no unit but px: `var()`, `calc()`, `rgb()`, `url()`, rem and em are dropped by one or the other. */
const value = /^(#[\da-f]{6}|(\d+(px)?)( \d+(px)?)*|[A-Za-z][A-Za-z ,-]*)$/;

function faults(element: XmlElement): readonly string[] {
  const allowed = elements[element.tag];
  if (allowed === undefined) return [`<${element.tag}>`];
  const names = Object.keys(element.attributes).filter((name) => !allowed.includes(name));
  const declarations = (element.attributes["style"] ?? "").split(";").filter((part) => part !== "");
  const styles = declarations.filter((declaration) => {
    const [property = "", ...rest] = declaration.split(":");
    return !properties.has(property) || !value.test(rest.join(":"));
  });
  return [...names.map((name) => `${element.tag} ${name}`), ...styles, ...element.children.flatMap(faults)];
}

/** Read as XML, which its markup is but for what HTML leaves open. */
const tree = (html: string) =>
  readXml(html.replace(/^<!doctype html>\s*/, "").replace(/<meta ([^>]*)>/g, "<meta $1/>"));
const textOf = (element: XmlElement): string => element.text + element.children.map(textOf).join(" ");
const find = (element: XmlElement, tag: string): readonly XmlElement[] => [
  ...(element.tag === tag ? [element] : []),
  ...element.children.flatMap((child) => find(child, tag)),
];

const mail = (result: Result) => renderEmail(buildView(result));
const huge = "x".repeat(5000);
const sample = sampleResult();

describe.each([
  ...Object.entries(reportStates),
  [
    "long texts",
    sampleResult({
      metrics: sample.metrics.map((metric) => ({ ...metric, title: huge })),
      checks: sample.checks.map((check) => ({
        ...check,
        status: "fail" as const,
        title: huge,
        detail: huge,
      })),
      decision: sampleDecision({ reasons: Array.from({ length: 200 }, () => huge) }),
    }),
  ],
] as const)("email.html of %s", (_, result) => {
  const html = mail(result);

  it("has nothing that Gmail or Outlook drops", () => {
    expect(faults(tree(html))).toEqual([]);
  });

  it("is below 100 KB", () => {
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  });

  it("has the verdict, the reason, every line to type and every guardrail or how many more", () => {
    const view = buildView(result);
    const root = tree(html);
    const blocks = view.next.steps.flatMap(({ edits, shell }) => [
      edits.map(({ text }) => text).join("\n"),
      shell,
    ]);
    expect(find(root, "pre").map(({ text }) => text)).toEqual(blocks.filter((text) => text !== ""));
    const told = textOf(root);
    expect(told).toContain(view.verdict.headline);
    expect(told).toContain([...view.verdict.reason].slice(0, 500).join(""));
    const shown = [...view.guardrails, ...view.informational].filter(({ title }) =>
      told.includes([...title].slice(0, 500).join("")),
    );
    if (shown.length < result.metrics.length) expect(told).toMatch(/\d+ more are in the report/);
  });
});

it("cuts no line to type: it says where one is that does not fit", () => {
  const html = mail(
    sampleResult({ decision: sampleDecision(stepsOf(step("Type:", { commands: ["x".repeat(100_000)] }))) }),
  );
  expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  expect(html).not.toContain("<pre");
  expect(html).toContain("too long for a mail: they are in reports/clip-cosine-v2/2026-02-07/report.html");
});

it("links to the published report alone", () => {
  const url = "https://reports.example.org/a&b/report.html";
  expect(
    find(tree(mail(sampleResult({ reportAt: url }))), "a").map(({ attributes }) => attributes["href"]),
  ).toEqual([url]);
  expect(find(tree(mail(sampleResult({ reportAt: "javascript:alert(1)" }))), "a")).toEqual([]);
  expect(find(tree(mail(sampleResult())), "a")).toEqual([]);
});
