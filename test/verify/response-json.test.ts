import fc from "fast-check";
import { expect, it } from "vitest";
import { parseResponses } from "../../src/verify/response-json.ts";

const V1 = '{"meta":{"algo_version":"v1"},"items":[]}';
const V2 = '{"meta":{"algo_version":"v2"},"items":[]}';

const algorithms = (text: string): readonly string[] =>
  parseResponses(text).responses.map((one) => one.algorithms.join("+"));

it.each([
  ["one response", V1, ["v1"]],
  ["an array", `[${V1},${V2}]`, ["v1", "v2"]],
  ["a nested response", `{"status":200,"data":{"feed":${V1}}}`, ["v1"]],
  ["responses under a meta of their own", `{"meta":{"saved":"now"},"responses":[${V1},${V1}]}`, ["v1", "v1"]],
  ["a response whose items differ", `{"meta":{"algo_version":"v1"},"items":[${V2}]}`, ["v1+v2"]],
  ["JSON lines", `${V1}\n\n${V2}\n`, ["v1", "v2"]],
  ["a byte order mark", `\uFEFF${V1}`, ["v1"]],
  ["indented JSON", JSON.stringify(JSON.parse(V1), null, 2), ["v1"]],
])("%s is read", (_, text, expected) => {
  expect(parseResponses(text).problems).toEqual([]);
  expect(algorithms(text)).toEqual(expected);
});

it("a JSON line is known by its number", () => {
  expect(parseResponses(`${V1}\n\n${V2}`).responses.map(({ line }) => line)).toEqual([1, 3]);
});

it.each([
  ["", "it is empty"],
  ["<html><body>502 Bad Gateway", 'it is not JSON: it starts with "<html><body>502 Bad "'],
  [V1.slice(0, -3), 'it is not JSON: it starts with "{\\"meta\\":{\\"algo_versi"'],
  ['{"items":[]}', "it has no meta.algo_version"],
  ["[]", "it has no meta.algo_version"],
  ['"v1"', "it has no meta.algo_version"],
  ['{"meta":{"algo_version":null}}', "it has null as meta.algo_version"],
  ['{"meta":{"algo_version":""}}', 'it has "" as meta.algo_version'],
  [`${V1}\n{"error":"timeout"}`, "line 2 has no meta.algo_version"],
  [`${V1}\n{"meta":`, "line 2 is not JSON"],
])("%j is named as a problem", (text, problem) => {
  expect(parseResponses(text).problems).toEqual([problem]);
});

it("a text is either read whole or has a problem: nothing is dropped in silence", () => {
  const line = fc.constantFrom(V1, V2, "{", '{"items":[]}', '{"meta":{"algo_version":7}}');
  fc.assert(
    fc.property(fc.array(line, { minLength: 2, maxLength: 6 }), (lines) => {
      const { responses, problems } = parseResponses(lines.join("\n"));
      const sound = lines.filter((one) => one === V1 || one === V2).length;
      expect(responses.length).toBeLessThanOrEqual(sound);
      expect(problems.length > 0 || responses.length === lines.length).toBe(true);
    }),
  );
});
