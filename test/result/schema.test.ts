import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { Result } from "../../src/model/result.ts";
import { resultJsonSchema, type resultSchema } from "../../src/result/schema.ts";

type Assignable<From, To> = [From] extends [To] ? true : false;

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Keys of an interface in a source file, in order, with those of the interface it extends in front. */
function keysOf(name: string, source: string): readonly string[] {
  const match = new RegExp(`export interface ${name} (?:extends (\\w+) )?\\{\\n([\\s\\S]*?)\\n\\}`).exec(
    source,
  );
  if (match === null) throw new Error(`no interface ${name}`);
  const own = [...(match[2] ?? "").matchAll(/^ {2}readonly (\w+)\??:/gm)].map((line) => line[1] ?? "");
  return [...(match[1] === undefined ? [] : keysOf(match[1], source)), ...own];
}

const results = readFileSync("src/model/result.ts", "utf8");
const ledgers = readFileSync("src/model/ledger.ts", "utf8");
const measurements = readFileSync("src/model/measurement.ts", "utf8");

/** The schema at a path such as `metrics[].days[]`; a nullable one without its null. */
function at(path: string): Node {
  return path
    .split(/\.|(?=\[\])/)
    .filter((step) => step !== "")
    .reduce<Node>(
      (node, step) => concrete(step === "[]" ? node.items : node.properties?.[step]),
      resultJsonSchema() as Node,
    );
}

function concrete(node: Node | undefined): Node {
  if (node === undefined) throw new Error("no such part of the schema");
  const branch = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].find((one) => one.properties ?? one.oneOf);
  return branch === undefined ? node : concrete(branch);
}

describe("the schema of result.json", () => {
  it("takes exactly what the type takes (checked by the compiler)", () => {
    const schemaIsResult: Assignable<z.output<typeof resultSchema>, Result> = true;
    const resultIsSchema: Assignable<Result, z.output<typeof resultSchema>> = true;
    const resultIsInput: Assignable<Result, z.input<typeof resultSchema>> = true;
    expect([schemaIsResult, resultIsSchema, resultIsInput]).toEqual([true, true, true]);
  });

  it.each([
    ["", "Result", results],
    ["rollout", "RolloutState", results],
    ["rollout.gates[]", "GateState", results],
    ["window", "ResultWindow", results],
    ["decision", "Decision", results],
    ["metrics[]", "MetricResult", results],
    ["metrics[].observation", "ObservationResult", results],
    ["metrics[].days[]", "DayResult", results],
    ["metrics[].observation.baseline", "VariantValue", results],
    ["checks[]", "CheckResult", results],
    ["preflight[]", "PreflightLine", results],
    ["traffic.days[]", "TrafficDayResult", results],
    ["traffic.sampleRatio", "SampleRatio", results],
    ["loads[]", "LoadRecord", results],
    ["cells[]", "CellResult", results],
    ["changes[]", "Change", results],
    ["provenance", "Provenance", results],
    ["ledger", "LedgerState", ledgers],
    ["ledger.nights[]", "LedgerNight", ledgers],
    ["ledger.latched", "LatchedRollback", ledgers],
    ["ledger.override", "LedgerOverride", ledgers],
    ["ledger.pendingMove", "PendingMove", ledgers],
    ["measurement", "Measurement", measurements],
    ["measurement.metrics[]", "MetricMeasurement", measurements],
    ["measurement.metrics[].definition", "MetricDefinition", measurements],
    ["measurement.metrics[].observation.baseline", "RatioMoments", measurements],
    ["measurement.traffic", "TrafficMeasurement", measurements],
    ["measurement.traffic.days[]", "TrafficDay", measurements],
    ["measurement.checks[]", "CheckMeasurement", measurements],
  ])('has the keys of "%s" in the order of %s', (path, name, source) => {
    expect(Object.keys(at(path).properties ?? {})).toEqual(keysOf(name, source));
  });
});
