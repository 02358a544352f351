import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { configJsonSchema, parseConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { spoilt, WORKSPACE } from "./workspace.ts";

const parse = (text: string, stagingFiles: readonly string[] = []) =>
  parseConfig(text, { file: "rollout.yaml", root: "/workspace", stagingFiles });

describe("parseConfig", () => {
  it("fills in every default", () => {
    const config = parse(WORKSPACE);
    expect(config.judge).toBe("evidence");
    expect(config.minSample).toEqual({ impressions: 1000, clicks: 100 });
    expect(config.persistentWarningDays).toBe(2);
    expect(config.completeness).toEqual({ quietHours: 3 });
    expect(config.maxRejected).toBe(0.001);
    expect(config.keepEvents).toBe(14);
    expect(config.rollout).toEqual({ name: "clip", baseline: "v1", candidate: "v2", timeZone: "UTC" });
    expect(config.preflight).toBeNull();
    expect(config.activeGate).toEqual({
      name: "g10",
      exposure: 0.1,
      started: { day: "2026-02-01", at: null, firstDay: "2026-02-01" },
      minDays: 2,
      maxDays: null,
      consecutiveHealthyDays: 0,
      trafficStability: null,
      holdback: null,
    });
  });

  it("keeps the file's place and the hash of its bytes", () => {
    const config = parse(WORKSPACE);
    expect(config.file).toBe(resolve("rollout.yaml"));
    expect(config.root).toBe("/workspace");
    expect(config.sha256).toBe(createHash("sha256").update(WORKSPACE).digest("hex"));
  });

  it("reads guardrails in the order of the file, with the line each stands on", () => {
    const { thresholds } = parse(WORKSPACE);
    expect([...thresholds.keys()]).toEqual(["ctr", "save_rate"]);
    expect(thresholds.get("ctr")).toEqual({
      metric: "ctr",
      role: "guardrail",
      harm: "drop",
      warning: 0.03,
      rollback: 0.05,
      severe: 0.1,
      required: true,
      where: { file: "rollout.yaml", line: 7, column: 3 },
    });
    expect(thresholds.get("save_rate")).toMatchObject({ role: "informational", harm: null, rollback: null });
  });

  it.each([
    ["3%", 0.03],
    ["3 %", 0.03],
    ["0.03", 0.03],
    ["1.1%", 0.011],
    ["4.9%", 0.049],
  ])("reads %s as the fraction %d, to the last digit", (written, fraction) => {
    const config = parse(spoilt("warning: 3%", `warning: ${written}`));
    expect(config.thresholds.get("ctr")?.warning).toBe(fraction);
  });

  it("reads one file or a list, one column name or several", () => {
    const config = parse(
      spoilt("files: feed/*.csv", "files: [a.csv, b.csv], columns: { user_id: uid, metadata: [m, n] }"),
    );
    const source = config.sources[0];
    expect(source?.files).toEqual(["a.csv", "b.csv"]);
    expect([...(source?.columns ?? [])]).toEqual([
      ["metadata", ["m", "n"]],
      ["user_id", ["uid"]],
    ]);
  });

  it("finds metadata under either of its names without being told", () => {
    expect(parse(WORKSPACE).sources[0]?.columns).toEqual(new Map([["metadata", ["metadata", "meta"]]]));
  });

  it("maps the export's words to event types", () => {
    const config = parse(spoilt("feed/*.csv", "feed/*.csv, event_types: { feed_click: click }"));
    expect(config.sources[0]?.eventTypes).toEqual(new Map([["feed_click", "click"]]));
  });

  it.each(["mysql", "postgres"])("takes %s as CSV without quotes and header, escaped", (format) => {
    const [source] = parse(spoilt("feed/*.csv", `feed/*, format: ${format}`)).sources;
    expect(source).toMatchObject({ format: "csv", options: { escapes: format, header: false } });
    expect(parse(WORKSPACE).sources[0]?.options).not.toHaveProperty("escapes");
  });

  it("takes a name after = for the value of every row", () => {
    const columns = 'columns: { event_type: [kind, "= impression"], user_id: uid }';
    const [source] = parse(spoilt("feed/*.csv", `feed/*.csv, ${columns}`)).sources;
    expect(source?.constants).toEqual(new Map([["event_type", "impression"]]));
    expect(source?.columns.get("event_type")).toEqual(["kind"]);
    expect(parse(WORKSPACE).sources[0]).not.toHaveProperty("constants");
  });

  it("takes tsv as CSV with tabs", () => {
    const source = parse(spoilt("feed/*.csv", "feed/*, format: tsv")).sources[0];
    expect(source?.format).toBe("csv");
    expect(source?.options).toEqual({
      delimiter: "\t",
      quote: null,
      escape: null,
      header: true,
      nullText: [""],
      timeFormat: "iso",
      timeZone: "UTC",
      encoding: "utf-8",
    });
  });

  it("takes a pattern of a time as a list of one, quoting switched off, and leaves out options that say nothing new", () => {
    const options = "quote: '', decimal: ',', time_format: '%m/%d/%Y', date_format: ['%d.%m.%Y', '%x']";
    expect(
      parse(spoilt("feed/*.csv", `feed/*.csv, options: { ${options} }`)).sources[0]?.options,
    ).toMatchObject({
      quote: "",
      decimal: ",",
      timeFormat: ["%m/%d/%Y"],
      dateFormat: ["%d.%m.%Y", "%x"],
    });
    expect(parse(WORKSPACE).sources[0]?.options).not.toHaveProperty("decimal");
  });

  it("gives a source its staging file when there is one", () => {
    expect(parse(WORKSPACE, ["feed"]).sources[0]?.staging).toBe("/workspace/queries/sources/feed.sql");
    expect(parse(WORKSPACE, ["other"]).sources[0]?.staging).toBeNull();
  });

  it("says where each weight stands unless it is told", () => {
    const weights = "preflight: { weights: { w1: 0.6, w2: { value: 0.4, env: W_TWO, config_path: a.b } } }\n";
    expect(parse(WORKSPACE + weights).preflight?.weights).toEqual([
      {
        name: "w1",
        value: 0.6,
        configPath: "discovery.algo_versions.v2.weights.w1",
        env: "DISCOVERY_WEIGHT_W1",
      },
      { name: "w2", value: 0.4, configPath: "a.b", env: "W_TWO" },
    ]);
  });

  it("switches preflight off when it says enabled: false", () => {
    expect(parse(`${WORKSPACE}preflight: { dotenv: .env, enabled: false }\n`).preflight).toBeNull();
  });

  it("follows YAML anchors", () => {
    const config = parse(
      spoilt(
        "  save_rate: { role: informational }",
        "  a: { rise: &lines { warning: 10%, rollback: 15% } }\n  b: { rise: *lines }",
      ),
    );
    expect(config.thresholds.get("b")).toMatchObject({ harm: "rise", warning: 0.1, rollback: 0.15 });
  });
});

describe("the rollout.yaml of this repository", () => {
  it("is the runbook", () => {
    const config = loadConfig("rollout.yaml");
    expect(config.gates.map(({ name, exposure, minDays }) => [name, exposure, minDays])).toEqual([
      ["g10", 0.1, 2],
      ["g50", 0.5, 3],
      ["g100", 1, 3],
    ]);
    expect(
      [...config.thresholds.values()].map(({ metric, role, harm, warning, rollback, severe }) => [
        metric,
        role,
        harm,
        warning,
        rollback,
        severe,
      ]),
    ).toEqual([
      ["ctr", "guardrail", "drop", 0.03, 0.05, 0.1],
      ["long_dwell_share", "guardrail", "drop", 0.04, 0.08, 0.12],
      ["top_author_share", "guardrail", "rise", 0.1, 0.15, null],
      ["top_category_share", "guardrail", "rise", 0.1, 0.15, null],
      ["near_duplicate_share", "guardrail", "rise", 0.1, 0.15, null],
      ["save_rate", "informational", null, null, null, null],
    ]);
    expect(config.preflight?.weights.map(({ value }) => value)).toEqual([0.52, 0.23, 0.15, 0.1]);
  });
});

describe("configJsonSchema", () => {
  const schema = configJsonSchema();

  it("describes every key of the shipped file and refuses others", () => {
    expect(schema["additionalProperties"]).toBe(false);
    const keys = Object.keys(schema["properties"] as object);
    const text = readFileSync("rollout.yaml", "utf8");
    const used = [...text.matchAll(/^(\w+):/gm)].map((match) => match[1]);
    expect(used.length).toBeGreaterThan(8);
    expect(keys).toEqual(expect.arrayContaining(used));
  });

  it("says of every key what it means", () => {
    const silent: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { readonly properties?: Readonly<Record<string, object>> };
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (!("description" in property) && !path.includes("config_paths")) silent.push(`${path}.${name}`);
      }
      for (const [name, child] of Object.entries(node))
        walk(child, name === "properties" ? path : `${path}.${name}`);
    };
    walk(schema, "");
    expect(silent).toEqual([]);
  });

  it("lets a fraction be a percentage or a number", () => {
    expect(JSON.stringify(schema)).toContain(
      '"anyOf":[{"type":"string","pattern":"^\\\\s*(-?\\\\d+(?:\\\\.\\\\d+)?)\\\\s*%\\\\s*$"},{"type":"number"}]',
    );
  });
});
