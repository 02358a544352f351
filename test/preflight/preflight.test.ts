import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import type { Config } from "../../src/model/config.ts";
import type { PreflightLine } from "../../src/model/result.ts";
import { dumpCommand, findInDump } from "../../src/preflight/config-dump.ts";
import type { PreflightContext } from "../../src/preflight/copies.ts";
import { readPreflight } from "../../src/preflight/preflight.ts";

const NOW = new Date("2026-02-08T08:00:00Z");

function workspace(preflight: string, change: (text: string) => string = (text) => text): Config {
  const text = `rollout: { name: clip, baseline: v1, candidate: v2 }
active_gate: g10
gates:
  - { name: g10, exposure: 10%, started: 2026-02-01, min_days: 2 }
  - { name: g100, exposure: 100%, started: 2026-02-05, min_days: 3 }
thresholds:
  ctr: { drop: { warning: 3%, rollback: 5% } }
sources:
  - { name: feed, files: feed.csv }
${preflight}`;
  return parseConfig(change(text), { file: "rollout.yaml", root: "/app" });
}

const FILES = "preflight: { dotenv: .env, config: dump.json, weights: { w1: 0.6, w2: 0.4 } }\n";

const DOTENV = `DISCOVERY_ROLLOUT_ENABLED=true
DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION=v1
DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION=v2
DISCOVERY_ROLLOUT_ACTIVE_GATE=g10
DISCOVERY_FORCE_ALGO_VERSION=
DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL=true
`;
const DUMP = JSON.stringify({ algo_versions: { v2: { weights: { w1: 0.6, w2: 0.4 } } } });

/** Files by path: text, and age in hours. */
function context(
  files: Readonly<Record<string, readonly [string, number]>>,
  env: PreflightContext["env"] = {},
): PreflightContext {
  return {
    env,
    now: NOW,
    readFile: (path) => {
      const file = files[path];
      if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return { text: file[0], modifiedAt: new Date(NOW.getTime() - file[1] * 3_600_000) };
    },
  };
}

const good = context({ "/app/.env": [DOTENV, 2.5], "/app/dump.json": [DUMP, 30] });

function lineOf(key: string, lines: readonly PreflightLine[]): PreflightLine {
  const found = lines.filter((line) => line.key === key);
  expect(found).toHaveLength(1);
  return found[0] as PreflightLine;
}

/** The line of one setting when the dotenv file holds other text. */
function withDotenv(change: (text: string) => string, key: string, files = FILES): PreflightLine {
  const changed = change(DOTENV);
  expect(changed).not.toBe(DOTENV);
  const lines = readPreflight(
    workspace(files),
    context({ "/app/.env": [changed, 2.5], "/app/dump.json": [DUMP, 30] }),
  );
  return lineOf(key, lines);
}

describe("preflight", () => {
  it("shows each setting as expected, where it was read and how old that copy is", () => {
    const columns = (line: PreflightLine) => [
      line.key,
      line.expected,
      line.actual,
      line.source,
      line.ageHours,
      line.status,
      line.detail,
    ];
    expect(readPreflight(workspace(FILES), good).map(columns)).toEqual([
      ["DISCOVERY_ROLLOUT_ENABLED", "true", "true", ".env:1", 2.5, "pass", "as expected"],
      ["DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION", "v1", "v1", ".env:2", 2.5, "pass", "as expected"],
      ["DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION", "v2", "v2", ".env:3", 2.5, "pass", "as expected"],
      ["DISCOVERY_ROLLOUT_ACTIVE_GATE", "g10", "g10", ".env:4", 2.5, "pass", "as expected"],
      ["DISCOVERY_FORCE_ALGO_VERSION", "", "", ".env:5", 2.5, "pass", "as expected"],
      ["DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL", "true", "true", ".env:6", 2.5, "pass", "as expected"],
      ["w1", "0.6", "0.6", "dump.json", 30, "pass", "as expected"],
      ["w2", "0.4", "0.4", "dump.json", 30, "pass", "as expected"],
      ["sum of weights", "1", "1", null, null, "pass", "as expected"],
    ]);
  });

  it("that is not configured is one line without effect", () => {
    const nothing = {
      key: "preflight",
      expected: "",
      actual: null,
      source: null,
      ageHours: null,
      status: "not_checked",
      contradictedBy: [],
    };
    expect(readPreflight(workspace(""), good)).toEqual([
      { ...nothing, detail: "rollout.yaml has no preflight section, or one that is not enabled" },
    ]);
    expect(readPreflight(workspace("preflight: {}\n"), context({}, { HOME: "/" }))).toEqual([
      {
        ...nothing,
        detail:
          "rollout.yaml names neither preflight.dotenv nor preflight.config, and the environment sets nothing",
      },
    ]);
  });

  it("without weights checks none", () => {
    const lines = readPreflight(workspace("preflight: { dotenv: .env }\n"), good);
    expect(lines.at(-1)).toMatchObject({
      key: "sum of weights",
      expected: "1",
      actual: null,
      source: null,
      ageHours: null,
      status: "not_checked",
      detail: "rollout.yaml names no preflight.weights",
    });
  });
});

describe("a setting that is another one fails", () => {
  it.each([
    ["DISCOVERY_ROLLOUT_ENABLED", "=true", "=false", "false", "the rollout is switched off"],
    ["DISCOVERY_ROLLOUT_ENABLED", "=true", "=(FALSE)", "false", "the rollout is switched off"],
    ["DISCOVERY_ROLLOUT_ENABLED", "=true", "=0", "false", "the rollout is switched off"],
    ["DISCOVERY_ROLLOUT_ENABLED", "=true", "=maybe", "maybe", "it is neither true nor false"],
    ["DISCOVERY_ROLLOUT_ENABLED", "=true", "=", "", "it is empty"],
    ["DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION", "=v1", "=v0", "v0", 'the app\'s baseline is "v0"'],
    ["DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION", "=v2", "=v3", "v3", 'the app\'s candidate is "v3"'],
    [
      "DISCOVERY_ROLLOUT_ACTIVE_GATE",
      "=g10",
      "=g100",
      "g100",
      'the gate is "g100" in the app and "g10" in rollout.yaml',
    ],
    [
      "DISCOVERY_FORCE_ALGO_VERSION",
      "FORCE_ALGO_VERSION=",
      "FORCE_ALGO_VERSION=v1",
      "v1",
      'everybody gets the baseline "v1"',
    ],
    [
      "DISCOVERY_FORCE_ALGO_VERSION",
      "FORCE_ALGO_VERSION=",
      "FORCE_ALGO_VERSION=v9",
      "v9",
      'everybody gets "v9"',
    ],
    [
      "DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL",
      "INFORMATIONAL=true",
      "INFORMATIONAL=off",
      "false",
      "save_rate is a guardrail in the app and informational in rollout.yaml",
    ],
  ])("%s: %s → %s", (key, from, to, actual, detail) => {
    expect(withDotenv((text) => text.replace(from, to), key)).toMatchObject({
      actual,
      status: "fail",
      detail,
      ageHours: 2.5,
    });
  });

  it("save_rate is expected the other way round once rollout.yaml makes it a guardrail", () => {
    const config = workspace(FILES, (text) =>
      text.replace("sources:", "  save_rate: { drop: { rollback: 9% } }\nsources:"),
    );
    expect(lineOf("DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL", readPreflight(config, good))).toMatchObject({
      expected: "false",
      actual: "true",
      status: "fail",
      detail: "save_rate is informational in the app and a guardrail in rollout.yaml",
    });
  });

  it.each(["TRUE", "(true)", "1", "on", "Yes", '"true"'])("but %s is true", (word) => {
    const line = withDotenv(
      (text) => text.replace("=true", `=${word}`).concat("\n"),
      "DISCOVERY_ROLLOUT_ENABLED",
    );
    expect(line).toMatchObject({ actual: "true", status: "pass" });
  });
});

describe("a setting that is set nowhere", () => {
  const without = (key: string) => (text: string) => text.replace(new RegExp(`^${key}=.*\n`, "m"), "");

  it("is not off, and not confirmed either", () => {
    expect(withDotenv(without("DISCOVERY_ROLLOUT_ENABLED"), "DISCOVERY_ROLLOUT_ENABLED")).toMatchObject({
      key: "DISCOVERY_ROLLOUT_ENABLED",
      expected: "true",
      actual: null,
      source: null,
      ageHours: null,
      status: "fail",
      detail:
        "set nowhere (environment, .env, dump.json): unset is not off, but it cannot be confirmed as on",
    });
  });

  it("is the same as one that says null", () => {
    const line = withDotenv(
      (text) => text.replace("ENABLED=true", "ENABLED=(null)"),
      "DISCOVERY_ROLLOUT_ENABLED",
    );
    expect(line).toMatchObject({ actual: null, status: "fail" });
  });

  it("forces nothing when it is the force toggle", () => {
    expect(withDotenv(without("DISCOVERY_FORCE_ALGO_VERSION"), "DISCOVERY_FORCE_ALGO_VERSION")).toMatchObject(
      {
        actual: null,
        status: "pass",
        detail: "set nowhere (environment, .env, dump.json): nothing is forced",
      },
    );
  });

  it("fails at 100% when it is the force toggle: the way back must stay available", () => {
    const atG100 = workspace(FILES, (text) => text.replace("active_gate: g10", "active_gate: g100"));
    const dotenv = without("DISCOVERY_FORCE_ALGO_VERSION")(DOTENV);
    const lines = readPreflight(atG100, context({ "/app/.env": [dotenv, 1], "/app/dump.json": [DUMP, 1] }));
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", lines)).toMatchObject({
      status: "fail",
      detail:
        "set nowhere (environment, .env, dump.json): at g100 the way back must stay available: keep the line DISCOVERY_FORCE_ALGO_VERSION=",
    });
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", readPreflight(atG100, good)).status).toBe("pass");
    expect(lineOf("DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION", readPreflight(atG100, good)).status).toBe(
      "pass",
    );
  });

  it("at 100% stays at hand as a null in the app's config", () => {
    const atG100 = workspace(FILES, (text) => text.replace("active_gate: g10", "active_gate: g100"));
    const dump = JSON.stringify({ force_algo_version: null });
    const lines = readPreflight(atG100, context({ "/app/.env": ["", 1], "/app/dump.json": [dump, 1] }));
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", lines)).toMatchObject({
      actual: "",
      source: "dump.json",
      status: "pass",
    });
  });
});

describe("of several copies", () => {
  const dump = (value: unknown) =>
    JSON.stringify({
      discovery: {
        rollout: { active_gate: value },
        algo_versions: { v2: { weights: { w1: 0.6, w2: 0.4 } } },
      },
    });

  it("the environment counts before the dotenv file, and that before the app's config", () => {
    const files = { "/app/.env": [DOTENV, 2], "/app/dump.json": [dump("g10"), 5] } as const;
    const key = "DISCOVERY_ROLLOUT_ACTIVE_GATE";
    const forced = readPreflight(workspace(FILES), context(files, { [key]: "g100" }));
    expect(lineOf(key, forced)).toEqual({
      key,
      expected: "g10",
      actual: "g100",
      source: "environment",
      ageHours: null,
      status: "fail",
      detail: `the gate is "g100" in the app and "g10" in rollout.yaml; the copies disagree (environment says "g100"; .env:4, 2.0 h old, says "g10"; dump.json, 5.0 h old, says "g10"): dump.json is the older file, make it where the app runs: ${dumpCommand("dump.json")}; an app with a cached config reads no dotenv file, so reload its config first`,
      contradictedBy: [
        { actual: "g10", source: ".env:4", ageHours: 2 },
        { actual: "g10", source: "dump.json", ageHours: 5 },
      ],
    });
  });

  it("two that disagree fail, with place and age of both, and the one to make again", () => {
    const files = { "/app/.env": [DOTENV, 2], "/app/dump.json": [dump("g100"), 30] } as const;
    expect(
      lineOf("DISCOVERY_ROLLOUT_ACTIVE_GATE", readPreflight(workspace(FILES), context(files))),
    ).toMatchObject({
      actual: "g10",
      source: ".env:4",
      status: "fail",
      detail: `the copies disagree (.env:4, 2.0 h old, says "g10"; dump.json, 30.0 h old, says "g100"): dump.json is the older file, make it where the app runs: ${dumpCommand("dump.json")}; an app with a cached config reads no dotenv file, so reload its config first`,
      contradictedBy: [{ actual: "g100", source: "dump.json", ageHours: 30 }],
    });
  });

  it("an old dotenv file beside a fresh dump is the one to copy again", () => {
    const files = { "/app/.env": [DOTENV, 40], "/app/dump.json": [dump("g100"), 1] } as const;
    const line = lineOf("DISCOVERY_ROLLOUT_ACTIVE_GATE", readPreflight(workspace(FILES), context(files)));
    expect(line.detail).toContain(".env is the older file, copy it again from where the app runs");
  });

  it("an environment that overrides the dotenv file disagrees with it like any other copy", () => {
    const files = { "/app/.env": [DOTENV.replace("GATE=g10", "GATE=g50"), 2] } as const;
    const config = workspace("preflight: { dotenv: .env }\n");
    const key = "DISCOVERY_ROLLOUT_ACTIVE_GATE";
    expect(lineOf(key, readPreflight(config, context(files, { [key]: "g10" })))).toMatchObject({
      actual: "g10",
      status: "fail",
      detail:
        'the copies disagree (environment says "g10"; .env:4, 2.0 h old, says "g50"): .env is a copy, copy it again from where the app runs',
    });
  });

  it.each([
    ["", "v1", "", "fail"],
    ["", "", "", "pass"],
    ["v1", "", "v1", "fail"],
    ["v1", "v1", "v1", "fail"],
  ])(
    "a force toggle of %j in .env and %j in the dump is never passed for empty",
    (env, forced, actual, status) => {
      const dotenv = DOTENV.replace("FORCE_ALGO_VERSION=", `FORCE_ALGO_VERSION=${env}`);
      const files = {
        "/app/.env": [dotenv, 2],
        "/app/dump.json": [JSON.stringify({ force_algo_version: forced }), 1],
      } as const;
      const line = lineOf("DISCOVERY_FORCE_ALGO_VERSION", readPreflight(workspace(FILES), context(files)));
      expect(line).toMatchObject({ actual, status });
      expect(line.contradictedBy.map((copy) => copy.actual)).toEqual(env === forced ? [] : [forced]);
    },
  );

  it.each([
    ["the same number written otherwise", "0.60", []],
    ["the same switch written otherwise", 0.6, []],
  ])("copies do not disagree over %s", (_, w1, contradictedBy) => {
    const text = JSON.stringify({ enabled: 1, algo_versions: { v2: { weights: { w1, w2: 0.4 } } } });
    const lines = readPreflight(
      workspace(FILES),
      context({ "/app/.env": [`${DOTENV}DISCOVERY_WEIGHT_W1=.6\n`, 1], "/app/dump.json": [text, 1] }),
    );
    expect(lineOf("w1", lines)).toMatchObject({ status: "pass", contradictedBy });
    expect(lineOf("DISCOVERY_ROLLOUT_ENABLED", lines)).toMatchObject({ status: "pass", contradictedBy });
  });

  it("the environment is not asked when rollout.yaml says so", () => {
    const config = workspace("preflight: { dotenv: .env, environment: false }\n");
    const lines = readPreflight(
      config,
      context({ "/app/.env": [DOTENV, 1] }, { DISCOVERY_FORCE_ALGO_VERSION: "v1" }),
    );
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", lines)).toMatchObject({ actual: "", source: ".env:5" });
  });

  it("the environment alone is enough when it sets something of the app's", () => {
    const lines = readPreflight(
      workspace("preflight: {}\n"),
      context({}, { DISCOVERY_ROLLOUT_ENABLED: "false" }),
    );
    expect(lineOf("DISCOVERY_ROLLOUT_ENABLED", lines)).toMatchObject({
      actual: "false",
      source: "environment",
      status: "fail",
    });
  });

  it("an age is never negative", () => {
    const lines = readPreflight(
      workspace(FILES),
      context({ "/app/.env": [DOTENV, -1], "/app/dump.json": [DUMP, 0] }),
    );
    expect(lineOf("DISCOVERY_ROLLOUT_ENABLED", lines).ageHours).toBe(0);
  });
});

describe("weights", () => {
  const weights = (w1: unknown, w2: unknown = 0.4, env: PreflightContext["env"] = {}) => {
    const dump = JSON.stringify({ algo_versions: { v2: { weights: { w1, w2 } } } });
    return readPreflight(
      workspace(FILES),
      context({ "/app/.env": [DOTENV, 1], "/app/dump.json": [dump, 1] }, env),
    );
  };

  it("that differ fail, and so does their sum", () => {
    const lines = weights(0.61);
    expect(lineOf("w1", lines)).toMatchObject({
      actual: "0.61",
      status: "fail",
      detail: "it differs by 0.01",
    });
    expect(lineOf("sum of weights", lines)).toMatchObject({
      actual: "1.01",
      status: "fail",
      detail: "the app's weights sum to 1.01",
    });
  });

  it.each([
    [0.6 + 9e-10, "pass"],
    [0.6 + 2e-9, "fail"],
    ["0.60", "pass"],
    [".6", "pass"],
  ])("match within 1e-9: %s is a %s", (w1, status) => {
    const lines = weights(w1);
    expect(lineOf("w1", lines).status).toBe(status);
    expect(lineOf("sum of weights", lines).status).toBe(status);
  });

  it("that were swapped sum to 1 and still fail", () => {
    const lines = weights(0.4, 0.6);
    expect(lines.slice(-3).map(({ status }) => status)).toEqual(["fail", "fail", "pass"]);
  });

  it("from the environment override the app's config", () => {
    const lines = weights(0.6, 0.4, { DISCOVERY_WEIGHT_W1: "0.7" });
    expect(lineOf("w1", lines)).toMatchObject({
      actual: "0.7",
      source: "environment",
      status: "fail",
      detail: `it differs by 0.1; the copies disagree (environment says "0.7"; dump.json, 1.0 h old, says "0.6"): dump.json is a copy, make it where the app runs: ${dumpCommand("dump.json")}; an app with a cached config reads no dotenv file, so reload its config first`,
    });
  });

  it.each(["0,6", "", "0x1", "six"])("that are no number fail: %j", (w1) => {
    const lines = weights(w1);
    expect(lineOf("w1", lines)).toMatchObject({ actual: w1, status: "fail", detail: "it is not a number" });
    expect(lineOf("sum of weights", lines)).toMatchObject({
      actual: null,
      status: "error",
      detail: "there is no sum without w1",
    });
  });

  it("that are set nowhere fail with the places that were looked at", () => {
    const lines = weights(undefined);
    expect(lineOf("w1", lines)).toMatchObject({
      status: "fail",
      detail:
        "set nowhere (environment, .env, dump.json): neither DISCOVERY_WEIGHT_W1 nor discovery.algo_versions.v2.weights.w1",
    });
  });
});

describe("a copy that cannot be read", () => {
  it("is an error with what to do, and what is then found nowhere is an error too", () => {
    const lines = readPreflight(workspace(FILES), context({ "/app/.env": [DOTENV, 1] }));
    expect(lines[0]).toMatchObject({
      key: "dump.json",
      expected: "readable",
      actual: null,
      source: null,
      ageHours: null,
      status: "error",
      detail: `there is no such file; make it where the app runs: php artisan tinker --execute='echo json_encode(config("discovery"));' > dump.json`,
    });
    expect(lineOf("w1", lines)).toMatchObject({
      status: "error",
      detail: "not found, and dump.json could not be read",
    });
    expect(lineOf("DISCOVERY_ROLLOUT_ENABLED", lines).status).toBe("pass");
  });

  it("does not pass an unforced rollout that nobody could read", () => {
    const lines = readPreflight(workspace("preflight: { dotenv: .env }\n"), context({}));
    expect(lineOf(".env", lines)).toMatchObject({ status: "error", detail: "there is no such file" });
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", lines)).toMatchObject({ actual: null, status: "error" });
  });

  it("shows nothing of a dump that is not JSON", () => {
    const lines = readPreflight(
      workspace(FILES),
      context({ "/app/.env": [DOTENV, 1], "/app/dump.json": ["secret", 1] }),
    );
    expect(lines[0]?.detail).toMatch(/^it is not JSON; make it where the app runs: php artisan/);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  it("names a broken line by its place alone, so that it hides no other copy's value", () => {
    const broken = DOTENV.replace("FORCE_ALGO_VERSION=", "FORCE_ALGO_VERSION='secret").concat("pass word\n");
    const dump = JSON.stringify({ force_algo_version: "v1" });
    const lines = readPreflight(
      workspace(FILES),
      context({ "/app/.env": [broken, 3], "/app/dump.json": [dump, 3] }),
    );
    expect(lines.slice(0, 2)).toMatchObject([
      {
        key: ".env:5",
        expected: "NAME=value",
        actual: null,
        source: null,
        ageHours: 3,
        status: "error",
        detail: "the line of DISCOVERY_FORCE_ALGO_VERSION opens a quote that is never closed",
      },
      {
        key: ".env:7",
        expected: "NAME=value",
        actual: null,
        source: null,
        ageHours: 3,
        status: "warn",
        detail: "the line is not NAME=value",
      },
    ]);
    expect(lineOf("DISCOVERY_FORCE_ALGO_VERSION", lines)).toMatchObject({ actual: "v1", status: "fail" });
    expect(JSON.stringify(lines)).not.toContain("secret");
  });
});

describe("on the disk", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "gatebook-preflight-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("a copy is as old as its file", () => {
    writeFileSync(join(root, ".env"), DOTENV);
    utimesSync(join(root, ".env"), NOW, new Date("2026-02-08T02:00:00Z"));
    const config = { ...workspace("preflight: { dotenv: .env }\n"), root };
    expect(lineOf("DISCOVERY_ROLLOUT_ENABLED", readPreflight(config, { env: {}, now: NOW }))).toMatchObject({
      source: ".env:1",
      ageHours: 6,
      status: "pass",
    });
  });

  it("a folder in place of a file is an error", () => {
    const config = { ...workspace("preflight: { dotenv: . }\n"), root };
    expect(readPreflight(config, { env: {}, now: NOW })[0]).toMatchObject({
      key: ".",
      status: "error",
      detail: expect.stringMatching(/^EISDIR/),
    });
  });
});

describe("findInDump", () => {
  it.each([
    ["a dump of the whole config", { discovery: { rollout: { active_gate: "g10" } } }],
    ["a dump of config('discovery')", { rollout: { active_gate: "g10" } }],
    ["keys that hold dots", { "rollout.active_gate": "g10" }],
  ])("finds a setting in %s", (_, dump) => {
    expect(findInDump(dump, "discovery.rollout.active_gate")).toEqual({ value: "g10" });
  });

  it("finds the weights of a version whose name holds dots", () => {
    const dump = { algo_versions: { "v1.2": { weights: { w1: 0.5 } } } };
    expect(findInDump(dump, "discovery.algo_versions.v1.2.weights.w1")).toEqual({ value: 0.5 });
  });

  it("tells a null from what is not there, and takes nothing from prototypes", () => {
    expect(findInDump({ a: null }, "a")).toEqual({ value: null });
    expect(findInDump({ a: null }, "a.b")).toBeNull();
    expect(findInDump({}, "toString")).toBeNull();
    expect(findInDump(null, "a")).toBeNull();
  });
});

it("the command that makes the dump is the documented one", () => {
  expect(dumpCommand()).toBe(
    `php artisan tinker --execute='echo json_encode(config("discovery"));' > discovery.json`,
  );
});
