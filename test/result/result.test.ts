import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DayMeasurement, HeaviestUnits } from "../../src/model/measurement.ts";
import type { CellChart, DayResult, Result } from "../../src/model/result.ts";
import { readResult } from "../../src/result/read-result.ts";
import { parseNight, parseResult, serializeResult } from "../../src/result/serialize.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
  warningResult,
} from "../helpers/sample-variants.ts";

const HINT = "gatebook run writes result.json to reports/ROLLOUT/DATE/";

/** A copy of the sample in which the value at a path is another. */
function spoilt(path: readonly (string | number)[], value: unknown): Result {
  const copy: unknown = structuredClone(sampleResult());
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<unknown>((node, step) => Reflect.get(node as object, step), copy);
  Reflect.set(parent as object, last, value);
  return copy as Result;
}

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe("a result", () => {
  it("is read-only all the way down and complete, also in keys with a default (checked by the compiler)", () => {
    const trace: IsSame<
      Pick<Result["decision"]["trace"][number], "matched">,
      { readonly matched: boolean }
    > = true;
    const range: IsSame<DayResult["interval"], readonly [number, number] | null> = true;
    const spec: IsSame<CellChart["spec"], Readonly<Record<string, unknown>>> = true;
    const later: IsSame<Pick<DayMeasurement, "heaviest">, { readonly heaviest: HeaviestUnits | null }> = true;
    expect([trace, range, spec, later]).toEqual([true, true, true, true]);
  });

  it.each([
    ["promote", sampleResult],
    ["rollback", rollbackResult],
    ["warning", warningResult],
    ["insufficient", insufficientResult],
    ["failing", failingResult],
    ["no data", noDataResult],
    ["before and after", beforeAfterResult],
    ["first day", firstDayResult],
    ["hostile", hostileResult],
  ])("of the sample %s comes back as it was written", (_, make) => {
    const result = make();
    expect(parseResult(serializeResult(result))).toEqual(result);
  });

  it("is written in the order of the schema, however its keys are turned", () => {
    const result = sampleResult();
    const turned = Object.fromEntries(Object.entries(result).reverse()) as unknown as Result;
    expect(Object.keys(turned)[0]).toBe("provenance");
    expect(serializeResult(turned)).toBe(serializeResult(result));
  });

  it("is written with open maps in the order of the alphabet", () => {
    const load = sampleResult().loads[0];
    if (load === undefined) throw new Error("the sample has no load");
    const text = serializeResult(
      sampleResult({ loads: [{ ...load, rejectedByReason: { zone: 1, cast: 2 } }] }),
    );
    expect(text.indexOf('"cast"')).toBeGreaterThan(0);
    expect(text.indexOf('"cast"')).toBeLessThan(text.indexOf('"zone"'));
  });

  it("is written with two spaces of indent and a line break at the end", () => {
    const text = serializeResult(sampleResult());
    expect(text.startsWith('{\n  "schemaVersion": 2,\n  "tool": {\n    "name": "gatebook",\n')).toBe(true);
    expect(text.endsWith("}\n")).toBe(true);
  });
});

describe("what has no place in JSON is refused with its path", () => {
  it.each([
    [
      ["metrics", 0, "observation", "delta"],
      Number.NaN,
      "metrics[0].observation.delta: NaN is not JSON: write null and a word instead",
    ],
    [
      ["cells", 0, "rows"],
      [[Number.POSITIVE_INFINITY]],
      "cells[0].rows[0][0]: Infinity is not JSON: write null and a word instead",
    ],
    [["cells", 0, "rows"], [[10n]], "cells[0].rows[0][0]: a bigint is not JSON"],
    [["cells", 0, "rows"], [[new Date(0)]], "cells[0].rows[0][0]: a Date is not JSON"],
    [
      ["cells", 0, "chart"],
      { spec: { mark: undefined }, description: "" },
      "cells[0].chart.spec.mark: undefined is not JSON",
    ],
    [
      ["cells", 0, "chart"],
      { spec: { width: Number.NaN }, description: "" },
      "cells[0].chart.spec.width: NaN is not JSON: write null and a word instead",
    ],
  ])("%j", (path, value, told) => {
    expect(() => serializeResult(spoilt(path, value))).toThrow(
      expect.objectContaining({ code: "store", message: `result.json cannot be written: ${told}` }),
    );
  });

  it("as is a part that is not of the schema", () => {
    expect(() => serializeResult(spoilt(["decision", "action"], "wait"))).toThrow(
      expect.objectContaining({
        code: "store",
        message:
          'result.json cannot be written: decision.action: Invalid option: expected one of "promote"|"hold"|"rollback"|"complete"|"disabled"',
      }),
    );
  });

  it("in any number of the result", () => {
    const paths = numberPaths(sampleResult(), []);
    expect(paths.length).toBeGreaterThan(100);
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.constantFrom(...paths), bad, (path, value) => {
        expect(() => serializeResult(spoilt(path, value))).toThrow(/^result\.json cannot be written: /);
      }),
      { numRuns: 50 },
    );
  });
});

function numberPaths(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (typeof value === "number") return [path];
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([key, item]) => numberPaths(item, [...path, key]));
}

describe("parseResult", () => {
  const written = (path: readonly (string | number)[], value: unknown) => JSON.stringify(spoilt(path, value));

  it.each([
    [
      "a later version",
      written(["schemaVersion"], 3),
      "schemaVersion 3 was written by a newer gatebook; this one reads 2",
      "update gatebook",
    ],
    ["another JSON file", "{}", "not a result of gatebook: schemaVersion 2 is missing", HINT],
    ["a list", "[]", "not a result of gatebook: schemaVersion 2 is missing", HINT],
    ["null", "null", "not a result of gatebook: schemaVersion 2 is missing", HINT],
    [
      "a version as text",
      written(["schemaVersion"], "1"),
      "not a result of gatebook: schemaVersion 2 is missing",
      HINT,
    ],
    [
      "a missing part",
      written(["decision", "rule"], undefined),
      'not a whole result: decision.rule: expected one of "disabled"|"latched"|"severe"|"rollback"|"data"|"warning"|"observing"|"healthy_days"|"promote"|"complete"',
      HINT,
    ],
    [
      "a missing text",
      written(["decision", "expect"], undefined),
      "not a whole result: decision.expect: expected string, it is missing",
      HINT,
    ],
    [
      "text for a number",
      written(["metrics", 0, "observation", "delta"], "-3%"),
      "not a whole result: metrics[0].observation.delta: expected number, found string",
      HINT,
    ],
    [
      "a day that is none",
      written(["window", "from"], "1 Feb"),
      "not a whole result: window.from: expected a day such as 2026-02-01",
      HINT,
    ],
    [
      "a nested cell value",
      written(["cells", 0, "rows"], [[{}]]),
      "not a whole result: cells[0].rows[0][0]: expected text, a number, true, false or null",
      HINT,
    ],
  ])("refuses %s", (_, text, message, hint) => {
    expect(() => parseResult(text, "old/result.json")).toThrow(
      expect.objectContaining({ code: "input", message, hint, where: { file: "old/result.json" } }),
    );
  });

  it("says what it can of text that is no JSON", () => {
    expect(() => parseResult('{"schemaVersion": 2')).toThrow(
      expect.objectContaining({ code: "input", message: expect.stringMatching(/^not JSON: ./), hint: HINT }),
    );
  });

  it("lists five mistakes and counts the rest", () => {
    const broken = { ...JSON.parse(serializeResult(sampleResult())), preflight: Array(8).fill({}) };
    expect(() => parseResult(JSON.stringify(broken))).toThrow(
      /^not a whole result: (preflight\[0\]\.\w+: [^;]+; ){5}and \d+ more$/,
    );
  });

  it("leaves out keys that a newer gatebook may have added", () => {
    const text = JSON.stringify({ ...sampleResult(), later: true });
    expect(parseResult(text)).toEqual(sampleResult());
  });
});

describe("parseNight", () => {
  it("reads what every result has of it, whatever else is damaged", () => {
    const damaged = JSON.stringify({ ...sampleResult(), cells: "gone", provenance: null });
    expect(sampleResult()).toMatchObject(parseNight(damaged));
    expect(parseNight(damaged).metrics).toHaveLength(sampleResult().metrics.length);
    expect(() => parseResult(damaged)).toThrow(/^not a whole result: cells: /);
  });

  it("refuses a night without a verdict, and one of a later version", () => {
    const text = (part: object) => JSON.stringify({ ...sampleResult(), ...part });
    expect(() => parseNight(text({ decision: null }), "old/result.json")).toThrow(
      expect.objectContaining({ code: "input", where: { file: "old/result.json" } }),
    );
    expect(() => parseNight(text({ schemaVersion: 3 }))).toThrow(/^schemaVersion 3 was written by a newer/);
  });
});

describe("readResult", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gatebook-result-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads what was written", () => {
    const file = join(folder, "result.json");
    writeFileSync(file, serializeResult(sampleResult()));
    expect(readResult(file)).toEqual(sampleResult());
  });

  it("says so when there is no file", () => {
    const file = join(folder, "result.json");
    expect(() => readResult(file)).toThrow(
      expect.objectContaining({
        code: "input",
        message: "there is no such file",
        where: { file },
        hint: HINT,
      }),
    );
  });

  it("says why a folder cannot be read", () => {
    expect(() => readResult(folder)).toThrow(
      expect.objectContaining({ code: "input", message: expect.stringMatching(/^cannot be read: EISDIR/) }),
    );
  });
});
