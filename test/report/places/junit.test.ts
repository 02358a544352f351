import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { renderJunit } from "../../../src/report/junit/junit.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { readXml, type XmlElement } from "../../helpers/xml.ts";

/**
 * What the schema of Ant's reports asks of each element: its attributes, and its children in order. More of them than `optional` Jenkins
 * and GitLab do not know: the files were held against the schema of Jenkins' xUnit plugin (junit-10.xsd).
 */
const schema: Readonly<
  Record<
    string,
    {
      readonly attributes: readonly string[];
      readonly optional?: readonly string[];
      readonly children: RegExp;
    }
  >
> = {
  testsuites: {
    attributes: [],
    optional: ["name", "tests", "failures", "errors", "time"],
    children: /^(testsuite )+$/,
  },
  testsuite: {
    attributes: ["name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"],
    optional: ["skipped"],
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { attributes: [], children: /^(property )*$/ },
  property: { attributes: ["name", "value"], children: /^$/ },
  testcase: { attributes: ["name", "classname", "time"], children: /^((failure|error|skipped) )?$/ },
  failure: { attributes: ["type", "message"], children: /^$/ },
  error: { attributes: ["type", "message"], children: /^$/ },
  skipped: { attributes: ["message"], children: /^$/ },
  "system-out": { attributes: [], children: /^$/ },
  "system-err": { attributes: [], children: /^$/ },
};

function faults(element: XmlElement): readonly string[] {
  const rule = schema[element.tag];
  if (rule === undefined) return [`unknown element ${element.tag}`];
  const missing = rule.attributes.filter((name) => element.attributes[name] === undefined);
  const known = [...rule.attributes, ...(rule.optional ?? [])];
  const unknown = Object.keys(element.attributes).filter((name) => !known.includes(name));
  const order = element.children.map(({ tag }) => `${tag} `).join("");
  return [
    ...missing.map((name) => `${element.tag} has no ${name}`),
    ...unknown.map((name) => `${element.tag} has a ${name}`),
    ...(rule.children.test(order) ? [] : [`${element.tag} has ${order}`]),
    ...element.children.flatMap(faults),
  ];
}

const junit = (result: Result) => readXml(renderJunit(result, buildView(result)));
const testsOf = (suite: XmlElement | undefined) =>
  suite?.children.filter(({ tag }) => tag === "testcase") ?? [];
const outcome = (test: XmlElement) => test.children[0]?.tag ?? "passed";

describe.each(Object.entries(reportStates))("junit.xml of %s", (_, result) => {
  const root = junit(result);

  it("is what the schema asks for", () => {
    expect(faults(root)).toEqual([]);
    for (const { attributes } of root.children)
      expect(attributes["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}$/);
  });

  it("has counts that add up", () => {
    for (const suite of root.children) {
      const tests = testsOf(suite);
      const count = (wanted: string) => String(tests.filter((test) => outcome(test) === wanted).length);
      expect(suite.attributes).toMatchObject({
        tests: String(tests.length),
        failures: count("failure"),
        errors: count("error"),
        skipped: count("skipped"),
      });
    }
  });

  it("has one test per guardrail and check, and passes no more than the report calls healthy", () => {
    const [guardrails, checks] = root.children;
    const own = result.metrics.filter(({ role }) => role === "guardrail");
    expect(testsOf(guardrails)).toHaveLength(own.length);
    expect(testsOf(checks)).toHaveLength(result.checks.length);
    const healthy = own.filter(
      ({ error, unavailable, observation }) =>
        error === null && unavailable === null && observation.classification === "healthy",
    );
    expect(testsOf(guardrails).filter((test) => outcome(test) === "passed")).toHaveLength(healthy.length);
    const sound = result.checks.filter(({ status }) => status === "pass" || status === "warn");
    expect(testsOf(checks).filter((test) => outcome(test) === "passed")).toHaveLength(sound.length);
  });

  it("says the verdict", () => {
    const properties = root.children[0]?.children[0]?.children ?? [];
    const verdict = properties.find(({ attributes }) => attributes["name"] === "verdict");
    expect(verdict?.attributes["value"]).toBe(result.decision.action);
  });
});
