import { expect, it } from "vitest";
import { queriesCheck } from "../../../src/judge/checks/guardrail-checks.ts";
import { inspectLine } from "../../../src/judge/checks/inspect.ts";
import { sampleResult } from "../../helpers/sample-result.ts";

// "check" binds a file and reads no row: what fails in the rows only `query` shows
const error = {
  message: "cannot take logarithm of zero",
  file: "a.sql",
  line: null,
  column: null,
  excerpt: null,
  hint: null,
};

it.each([
  ["cells_ran", "gatebook query a.sql"],
  ["relations_built", "gatebook query a.sql"],
  ["query_headers", "gatebook check"],
])("%s that failed is looked at with %s", (name, line) => {
  expect(inspectLine({ name, path: null, error })).toBe(line);
  expect(inspectLine({ name, path: null, error: null })).toBe("gatebook check");
});

it("a metric that failed is run to be looked at", () => {
  const [first, ...others] = sampleResult().metrics;
  if (first === undefined) throw new Error("the sample has metrics");
  const check = queriesCheck([{ ...first, path: "queries/metrics/ctr.sql", error }, ...others]);
  expect(check).toMatchObject({ status: "error", inspect: "gatebook query queries/metrics/ctr.sql" });
  expect(queriesCheck(others).inspect).toBeNull();
});
