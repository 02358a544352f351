import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import { GatebookError } from "../../src/model/error.ts";
import { WORKSPACE } from "./workspace.ts";

const PIECES = [
  "%",
  ":",
  "-",
  "{",
  "}",
  "[",
  "]",
  "\n",
  "  ",
  "\t",
  "&a ",
  "*a",
  "null",
  "3",
  "'",
  "__proto__: 1",
  "é",
  "#",
];

/** The workspace with a stretch cut out and something put in its place. */
const spoiltWorkspace = fc
  .record({
    at: fc.nat(WORKSPACE.length),
    cut: fc.nat(12),
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })),
  })
  .map(({ at, cut, piece }) => WORKSPACE.slice(0, at) + piece + WORKSPACE.slice(at + cut));

function read(text: string): "config" | "refused" {
  try {
    parseConfig(text, { file: "rollout.yaml" });
    return "config";
  } catch (error) {
    if (!(error instanceof GatebookError)) throw error;
    expect(error.code).toBe("config");
    expect(error.where?.file).toBe("rollout.yaml");
    expect(error.message).not.toMatch(/NaN|undefined|\[object|Invalid input/);
    return "refused";
  }
}

describe("a spoilt rollout.yaml", () => {
  it("is read or refused in words, and never crashes", () => {
    fc.assert(
      fc.property(spoiltWorkspace, (text) => void read(text)),
      { numRuns: 400 },
    );
  });

  it("loses no guardrail when it is read", () => {
    fc.assert(
      fc.property(spoiltWorkspace, (text) => {
        fc.pre(text.includes("  ctr: { drop: { warning: 3%, rollback: 5%, severe: 10% } }\n"));
        if (read(text) === "refused") return;
        const { thresholds } = parseConfig(text, { file: "rollout.yaml" });
        expect(thresholds.get("ctr")).toMatchObject({ warning: 0.03, rollback: 0.05, severe: 0.1 });
      }),
      { numRuns: 200 },
    );
  });
});
