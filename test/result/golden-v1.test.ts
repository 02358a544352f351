/**
 * golden-v1.json is a night of the sample "rollback" after three days, with a cell that fails, as version 1 wrote it (some rows,
 * files and queries left out). Reports of that version are kept for years: whatever the schema becomes, this file stays as it
 * is and every test here must hold.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { NightResult } from "../../src/model/result.ts";
import { renderIndex } from "../../src/report/index/index-page.ts";
import { renderAll } from "../../src/report/render.ts";
import { resultJsonSchema } from "../../src/result/json-schema.ts";
import { parseNight, parseResult, serializeResult } from "../../src/result/serialize.ts";
import { replayJudgement } from "../../src/runs/replay/replay.ts";
import { rememberedDrawing } from "../helpers/drawn-charts.ts";

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null;

const golden = JSON.parse(readFileSync(join(import.meta.dirname, "golden-v1.json"), "utf8")) as Json;
const result = parseResult(JSON.stringify(golden));

/** Every object of the golden changed, all the way down. */
function everyObject(
  value: Json,
  change: (entries: readonly [string, Json][]) => readonly [string, Json][],
): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => everyObject(entry, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]): [string, Json] => [
    key,
    everyObject(entry, change),
  ]);
  return Object.fromEntries(change(entries));
}

const isNot =
  (...keys: readonly string[]) =>
  ([own]: readonly [string, Json]): boolean =>
    !keys.includes(own);

/** What version 2 added, each with a default. */
const laterKeys = [
  "accept",
  "accepted",
  "adjusted",
  "baselineFrom",
  "baselineTo",
  "calibration",
  "clock",
  "commands",
  "completed",
  "contradictedBy",
  "coverage",
  "coverageEvidence",
  "daysNeededAtLeast",
  "dimensions",
  "doubt",
  "edits",
  "engine",
  "errorRates",
  "eventTimes",
  "forecast",
  "heaviest",
  "inspect",
  "intentionToTreat",
  "missing",
  "never",
  "notAdjusted",
  "opensOn",
  "owner",
  "perUnit",
  "plannedNights",
  "preFrom",
  "prePeriod",
  "preTo",
  "promoteBound",
  "quietDays",
  "records",
  "reportAt",
  "snapshot",
  "sourceEvents",
  "steps",
  "sufficientDays",
  "unitsByValue",
  "variantTimes",
] as const;

describe("a result of schema version 1", () => {
  it("is never written anew: a changed golden would prove nothing", () => {
    const hash = createHash("sha256").update(JSON.stringify(golden)).digest("hex");
    expect(hash).toBe("28208b02b42b86bad0805783e0c10eb6cda49eca3c832b7ef7ce66b8360c47ec");
  });

  it("is read whole: every key it has is still known", () => {
    const written = JSON.parse(serializeResult(result)) as Json;
    const early = (value: Json) => everyObject(value, (entries) => entries.filter(isNot(...laterKeys)));
    // Only cells had an owner then.
    expect(early(written)).toEqual(everyObject(golden, (entries) => entries.filter(isNot("owner"))));
  });

  it("is rendered in every format, with the verdict and the number it had", async () => {
    const files = new Map(
      (await renderAll(result, { draw: rememberedDrawing })).map(({ path, content }) => [path, content]),
    );
    const reason = "queries/cells/failing.sql";
    for (const path of ["report.html", "report.md", "summary.txt", "report.ipynb"]) {
      const text = files.get(path) ?? "";
      for (const words of ["HOLD", "clip-cosine-v2", reason, "−7."])
        expect([
          path,
          words,
          text.includes(path === "summary.txt" ? words.replace("−", "-") : words),
        ]).toEqual([path, words, true]);
    }
    expect([...files.keys()].filter((path) => path.startsWith("charts/")).length).toBeGreaterThan(10);
  });

  it("has its place in the index", async () => {
    const entry = (night: NightResult) => [{ path: "clip-cosine-v2/2026-02-03/", result: night }];
    const html = await renderIndex(entry(parseNight(JSON.stringify(golden))));
    expect(html).toBe(await renderIndex(entry(result)));
    expect(html).toContain('href="clip-cosine-v2/2026-02-03/report.html"');
    expect(html).toContain("HOLD");
  });

  it("may have keys that this version does not know, anywhere", () => {
    const more = everyObject(golden, (entries) => {
      const isMap = entries.length === 0 || entries.some(([key]) => key.startsWith("queries/"));
      return isMap ? entries : [...entries, ["laterKey", { nested: [1, null] }]];
    });
    const { cells, loads, ...rest } = parseResult(JSON.stringify(more));
    const { cells: _, loads: __, ...expected } = result;
    expect(rest).toEqual(expected);
    expect(cells.map(({ rows }) => rows)).toEqual(result.cells.map(({ rows }) => rows));
    expect(loads.map(({ sha256 }) => sha256)).toEqual(result.loads.map(({ sha256 }) => sha256));
  });

  it("fits the JSON Schema of its own version alone, which knows no later key", () => {
    const fits = (schemaVersion: 1 | 2, value: Json): boolean => {
      const schema = resultJsonSchema(schemaVersion) as Parameters<typeof z.fromJSONSchema>[0];
      return z.fromJSONSchema(schema).safeParse(value).success;
    };
    const current = JSON.parse(serializeResult({ ...result, schemaVersion: 2 })) as Json;
    expect([fits(1, golden), fits(2, golden), fits(1, current), fits(2, current)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    const { rollout: _, ...rest } = golden as Readonly<Record<string, Json>>;
    expect(fits(1, rest)).toBe(false);
    expect(JSON.stringify(resultJsonSchema(1))).not.toContain('"plannedNights"');
  });

  it("may lack what came after version 1 was first written, and is rendered all the same", async () => {
    const early = ["openedAt", "numerator", "cpuMs", "cluster", "statements", "times"];
    expect([...optionalKeys(resultJsonSchema())].sort()).toEqual([...early, ...laterKeys].sort());
    const { measurement = null, ...rest } = golden as Readonly<Record<string, Json>>;
    const shorter = {
      ...rest,
      measurement: everyObject(measurement, (all) => all.filter(isNot("numerator"))),
    };
    const [file] = await renderAll(parseResult(JSON.stringify(shorter)), {
      formats: ["html"],
      draw: rememberedDrawing,
    });
    expect(file?.content).toContain("HOLD");
  });

  it.each(["measurement", "ledger", "trace", "sqlSha256"])(
    "is refused without %s, which it has had from the first day: no verdict could be checked again",
    (key) => {
      expect(() => parseResult(JSON.stringify(everyObject(golden, (all) => all.filter(isNot(key)))))).toThrow(
        new RegExp(`^not a whole result: .*${key}: .*it is missing`),
      );
    },
  );
});

/** Keys that a result may lack, in order, each once: the whole list, so that a new one is decided on here. */
function optionalKeys(schema: unknown): readonly string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties, required } = node as {
      readonly properties?: Readonly<Record<string, unknown>>;
      readonly required?: readonly string[];
    };
    for (const key of Object.keys(properties ?? {})) if (!(required ?? []).includes(key)) found.add(key);
    for (const child of Object.values(node)) walk(child);
  };
  walk(schema);
  return [...found];
}

it("is not said to be identical where neither its rows nor its rules are there to compare", () => {
  const replayed = replayJudgement({ recorded: result, root: import.meta.dirname, version: "0.0.0" });
  expect(replayed).toMatchObject({ outcome: "incomplete", differences: [], judgedBy: "0.1" });
});
