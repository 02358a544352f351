import { describe, expect, it } from "vitest";
import { checkMetricsExist, parseConfig } from "../../src/config/config.ts";
import { formatPlace, GatebookError } from "../../src/model/error.ts";
import { spoilt, WORKSPACE } from "./workspace.ts";

/** The error as a person reads it: place, message, hint. */
function mistake(text: string): string {
  try {
    parseConfig(text, { file: "rollout.yaml", root: "/workspace" });
  } catch (error) {
    if (!(error instanceof GatebookError)) throw error;
    expect(error.code).toBe("config");
    return told(error);
  }
  return "no mistake";
}

function told(error: GatebookError): string {
  const where = error.where === undefined ? "nowhere" : formatPlace(error.where);
  return `${where} ${error.message}${error.hint === undefined ? "" : ` [${error.hint}]`}`;
}

const INIT = "gatebook init DIR makes a workspace with a rollout.yaml to start from";

describe("a dimension", () => {
  it.each([
    ["category", '"category" is not a column of events; did you mean "category_id"?'],
    ["platform", '"platform" is not a column of events'],
    ["item_id.colour", '"item_id" has no keys: only metadata is JSON'],
    ["metadata.events", '"events" cannot be the name of a dimension'],
    ["event_date", '"event_date" is not a column of events'],
    ["Country of user", "is neither a column of events nor a path such as metadata.country"],
    ["category_id, category_id", '"category_id" is listed twice'],
    [
      "metadata.device-os, metadata.device.os",
      '"metadata.device-os" and "metadata.device.os" are both called',
    ],
  ])("%s is refused where it is written", (written, message) => {
    expect(mistake(`${WORKSPACE}dimensions: [${written}]\n`)).toMatch(/^rollout\.yaml:11:\d+ /);
    expect(mistake(`${WORKSPACE}dimensions: [${written}]\n`)).toContain(message);
  });
});

it("a dimension may be a column that a source of events adds, not one of a lookup or of another name", () => {
  const added = spoilt("feed/*.csv }", "feed/*.csv, columns: { platform: [platform, device], Country: c } }");
  const found = mistake(`${added}dimensions: [platform, country]\n`);
  expect(found).toContain('"Country" is not a column of an event');
  expect(found).toContain('"country" is not a column of events');
  expect(found).not.toContain('"platform"');
});

describe("one mistake is one error", () => {
  it.each([
    ["a misspelt key that must be there", ["active_gate:", "active_gates:"], "2:1 unknown key"],
    ["one within a mapping", ["baseline: v1", "basline: v1"], 'unknown key "basline"'],
    ["a misspelt direction", ["ctr: { drop", "ctr: { drp"], 'unknown key "drp"'],
    ["a misspelt start of the active gate", ["started: 2026", "startd: 2026"], 'unknown key "startd"'],
    ["an item of a list", ["files: feed", "file: feed"], 'unknown key "file"'],
    ["indentation", ["thresholds:\n  ctr", "thresholds:\n   ctr"], "not valid YAML"],
  ] as const)("%s", (_, [from, to], message) => {
    const told = mistake(spoilt(from, to));
    expect(told).toContain(message);
    expect(told).not.toContain("mistakes in");
  });

  it("what is wrong besides is still said", () => {
    const told = mistake(spoilt("active_gate: g10", "active_gates: g10\njudge: evidently"));
    expect(told).toContain("2 mistakes");
    expect(mistake(spoilt("rollout: {", "rollot: {").replace("active_gate: g10", ""))).toContain(
      '"active_gate" is missing',
    );
  });
});

describe("constants", () => {
  const sourceWith = (columns: string): string =>
    mistake(spoilt("feed/*.csv", `feed/*.csv, columns: { ${columns} }`));
  it.each([
    ['event_type: "=impresion"', '"impresion" is not an event type; did you mean "impression"?'],
    ['event_type: ["=click", kind]', 'after "=click" no other name is ever asked for'],
    ['algo_version: "="', '"=" needs a value after it'],
  ])("%s", (columns, message) => {
    expect(sourceWith(columns)).toContain(message);
  });
});

describe("YAML that cannot be read", () => {
  it.each([
    ["an empty file", "", `rollout.yaml the file is empty [${INIT}]`],
    ["a file of comments", "# nothing\n", `rollout.yaml the file is empty [${INIT}]`],
    [
      "a list",
      "- a\n",
      `rollout.yaml:1:1 expected a mapping of keys such as "rollout:", found a list [${INIT}]`,
    ],
    [
      "a word",
      "hello",
      `rollout.yaml:1:1 expected a mapping of keys such as "rollout:", found "hello" [${INIT}]`,
    ],
    [
      "a tab",
      "rollout:\n\tname: x\n",
      "rollout.yaml:2:1 a tab where YAML requires spaces [indent with two spaces]",
    ],
    [
      "a key given twice",
      `${WORKSPACE}active_gate: g50\n`,
      'rollout.yaml:11:1 the key "active_gate" appears twice in the same mapping',
    ],
    [
      "a second document",
      `${WORKSPACE}---\na: 1\n`,
      "rollout.yaml:11:1 a second document starts here [one file is one rollout: remove the ---]",
    ],
    [
      "an unclosed list",
      "a: [1, 2\nb: 3",
      "rollout.yaml:2:1 not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["a key that objects cannot hold", "a: { __proto__: 1 }\n", 'rollout.yaml:1:6 unknown key "__proto__"'],
    ["an alias without anchor", "a: *x\n", "rollout.yaml:1:4 the anchor &x is not defined before *x"],
  ])("%s", (_, text, expected) => {
    expect(mistake(text)).toBe(expected);
  });
});

describe("one mistake is told with its place and a way out", () => {
  it.each([
    [
      "a misspelt threshold never switches a guardrail off",
      spoilt("warning:", "wraning:"),
      'rollout.yaml:7:18 unknown key "wraning"; did you mean "warning"? (in thresholds.ctr.drop)',
    ],
    [
      "an unknown top-level key",
      `${WORKSPACE}tresholds: {}\n`,
      'rollout.yaml:11:1 unknown key "tresholds"; did you mean "thresholds"?',
    ],
    [
      "a bare number where a fraction is expected",
      spoilt("warning: 3%", "warning: 3"),
      "rollout.yaml:7:27 thresholds.ctr.drop.warning: 3 is not a fraction [3 probably means 3%]",
    ],
    [
      "an exposure of 1",
      spoilt("exposure: 0.5", "exposure: 1"),
      "rollout.yaml:5:28 gates.g50.exposure: 1 is not a fraction [1 probably means 1%; all of it is 100%]",
    ],
    [
      "an exposure above everything",
      spoilt("exposure: 0.5", "exposure: 150%"),
      "rollout.yaml:5:28 gates.g50.exposure: must be at most 100%, found 150%",
    ],
    [
      "words where a fraction is expected",
      spoilt("warning: 3%", "warning: three"),
      'rollout.yaml:7:27 thresholds.ctr.drop.warning: expected a fraction such as 3% or 0.03, found "three"',
    ],
    [
      "a list where a fraction is expected",
      spoilt("warning: 3%", "warning: [3%]"),
      "rollout.yaml:7:27 thresholds.ctr.drop.warning: expected a fraction such as 3% or 0.03, found a list",
    ],
    [
      "a negative line",
      spoilt("warning: 3%", "warning: -3%"),
      "rollout.yaml:7:27 thresholds.ctr.drop.warning: -3% is negative [write the size of the change: 3%, not -3%]",
    ],
    [
      "a line of nothing",
      spoilt("warning: 3%", "warning: 0%"),
      "rollout.yaml:7:27 thresholds.ctr.drop.warning: must be more than 0%",
    ],
    [
      "warning at the rollback line",
      spoilt("warning: 3%", "warning: 5%"),
      "rollout.yaml:7:41 thresholds.ctr.drop.rollback: rollback 5% must be above warning 5%",
    ],
    [
      "severe below rollback",
      spoilt("severe: 10%", "severe: 4%"),
      "rollout.yaml:7:53 thresholds.ctr.drop.severe: severe 4% must be above rollback 5%",
    ],
    [
      "severe below warning where no rollback is set",
      spoilt("rollback: 5%, severe: 10%", "severe: 2%"),
      "rollout.yaml:7:39 thresholds.ctr.drop.severe: severe 2% must be above warning 3%",
    ],
    [
      "lines that hold nothing back",
      spoilt("warning: 3%, rollback: 5%, ", ""),
      "rollout.yaml:7:10 thresholds.ctr.drop: needs a warning or a rollback line",
    ],
    [
      "both directions",
      spoilt("10% } }", "10% }, rise: { rollback: 9% } }"),
      "rollout.yaml:7:60 thresholds.ctr.rise: has drop and rise: one direction is the harmful one",
    ],
    [
      "a guardrail without lines",
      spoilt("{ role: informational }", "{}"),
      "rollout.yaml:8:3 thresholds.save_rate: a guardrail needs drop or rise [e.g. drop: { warning: 3%, rollback: 5% }, or role: informational]",
    ],
    [
      "no guardrail at all",
      spoilt("severe: 10% } }", "severe: 10% }, role: informational }"),
      "rollout.yaml:7:3 thresholds: no metric here is a guardrail: nothing could ever be judged",
    ],
    [
      "an active gate that is none",
      spoilt("active_gate: g10", "active_gate: g11"),
      'rollout.yaml:2:14 active_gate: no gate is called "g11"; did you mean "g10"? [gates: g10, g50]',
    ],
    [
      "an active gate without a beginning",
      spoilt("started: 2026-02-01, ", ""),
      'rollout.yaml:4:5 gates.g10: "g10" is active but does not say since when [add started: with the first day, e.g. started: 2026-02-01]',
    ],
    [
      "a day that does not exist",
      spoilt("2026-02-01", "2026-02-30"),
      'rollout.yaml:4:42 gates.g10.started: "2026-02-30" is not a date such as 2026-02-01 or a time such as 2026-02-01T09:30',
    ],
    [
      "two gates of one name",
      spoilt("name: g50", "name: g10"),
      'rollout.yaml:5:13 gates.g10.name: two gates are called "g10"',
    ],
    [
      "gates that do not rise",
      spoilt("exposure: 0.5", "exposure: 10%"),
      'rollout.yaml:5:28 gates.g50.exposure: exposure 10% must be above 10% of "g10" [list the gates in order, smallest exposure first]',
    ],
    [
      "a gate that is overdue before it may end",
      spoilt("max_days: 5", "max_days: 2"),
      "rollout.yaml:5:56 gates.g50.max_days: max_days 2 is below min_days 3",
    ],
    [
      "a gate without min_days",
      spoilt(", min_days: 2", ""),
      'rollout.yaml:4:5 "min_days" is missing (in gates.g10)',
    ],
    [
      "half a day",
      spoilt("min_days: 2", "min_days: 1.5"),
      "rollout.yaml:4:64 gates.g10.min_days: expected a whole number, found the number 1.5",
    ],
    [
      "no day at all",
      spoilt("min_days: 2", "min_days: 0"),
      "rollout.yaml:4:64 gates.g10.min_days: must be at least 1, found the number 0",
    ],
    [
      "a candidate that is the baseline",
      spoilt("candidate: v2", "candidate: v1"),
      "rollout.yaml:1:49 rollout.candidate: the candidate is the baseline",
    ],
    [
      "an algorithm that a shell would not pass on",
      spoilt("candidate: v2", 'candidate: "v2; rm"'),
      'rollout.yaml:1:49 rollout.candidate: "v2; rm" must not contain spaces, quotes or any of $ \\ # =',
    ],
    [
      "a number where a name is expected",
      spoilt("candidate: v2", "candidate: 2"),
      'rollout.yaml:1:49 rollout.candidate: expected text, found the number 2 [put it in quotes: "2"]',
    ],
    [
      "a rollout's name that is a path",
      spoilt("name: clip,", "name: ../clip,"),
      'rollout.yaml:1:18 rollout.name: "../clip" is not a name of letters, digits, - . and _',
    ],
    [
      "a time zone that is none",
      spoilt("candidate: v2", "candidate: v2, time_zone: Europe/Berln"),
      'rollout.yaml:1:64 rollout.time_zone: "Europe/Berln" is not an IANA time zone; did you mean "Europe/Berlin"?',
    ],
    [
      "an offset instead of a time zone",
      spoilt("candidate: v2", 'candidate: v2, time_zone: "+01:00"'),
      'rollout.yaml:1:64 rollout.time_zone: "+01:00" is not an IANA time zone, such as UTC or Europe/Berlin',
    ],
    [
      "a judge that is none",
      `${WORKSPACE}judge: evidense\n`,
      'rollout.yaml:11:8 judge: expected evidence or literal, found "evidense"; did you mean "evidence"?',
    ],
    [
      "a key without a value",
      `${WORKSPACE}judge:\n`,
      "rollout.yaml:11:1 judge: expected evidence or literal, found nothing",
    ],
    [
      "a list where a mapping is expected",
      `${WORKSPACE}min_sample: [1000]\n`,
      "rollout.yaml:11:13 min_sample: expected a mapping, found a list",
    ],
    [
      "no sources",
      spoilt("sources:\n  - { name: feed, files: feed/*.csv }", "sources: []"),
      "rollout.yaml:9:10 sources: the list is empty",
    ],
    [
      "lookups only",
      spoilt("files: feed", "kind: lookup, files: feed"),
      "rollout.yaml:9:1 sources: no source has events: all are lookups",
    ],
    [
      "two sources that differ in capitals only",
      `${WORKSPACE}  - { name: FEED, files: x.csv }\n`,
      'rollout.yaml:11:13 sources.FEED.name: two sources are called "FEED"',
    ],
    [
      "a lookup that would be written over the loaded events",
      `${WORKSPACE}  - { name: event_rows, kind: lookup, files: x.csv }\n`,
      'rollout.yaml:11:13 sources.event_rows.name: the warehouse has a table "event_rows" of its own [give the lookup another name]',
    ],
    [
      "a lookup that would replace a table of the warehouse",
      `${WORKSPACE}  - { name: events, kind: lookup, files: x.csv }\n`,
      'rollout.yaml:11:13 sources.events.name: the warehouse has a table "events" of its own [give the lookup another name]',
    ],
    [
      "a source without files",
      spoilt("files: feed/*.csv", "files: []"),
      "rollout.yaml:10:26 sources.feed.files: the list is empty",
    ],
    [
      "a path of nothing",
      spoilt("files: feed/*.csv", 'files: ""'),
      "rollout.yaml:10:26 sources.feed.files: must not be empty",
    ],
    [
      "a name of nothing",
      spoilt("name: g50", 'name: ""'),
      "rollout.yaml:5:13 gates[1].name: must not be empty",
    ],
    [
      "a column that no event has",
      spoilt("feed/*.csv }", "feed/*.csv, columns: { usr_id: uid } }"),
      'rollout.yaml:10:49 sources.feed.columns.usr_id: "usr_id" is not a column of an event; did you mean "user_id"? ' +
        "[columns of an event: event_id, event_type, occurred_at, event_date, user_id, session_id, item_id, author_id, category_id, duplicate_group, algo_version, dwell_seconds, position, metadata; any other is a name of small letters, digits and _]",
    ],
    [
      "an event type that is none",
      spoilt("feed/*.csv }", "feed/*.csv, event_types: { tap: clik } }"),
      'rollout.yaml:10:58 sources.feed.event_types.tap: expected impression, click, favorite, download or a type of your own, found "clik"; did you mean "click"?',
    ],
    [
      "an added column that events have already",
      spoilt("feed/*.csv }", "feed/*.csv, columns: { unit_id: uid } }"),
      'rollout.yaml:10:49 sources.feed.columns.unit_id: events have a column "unit_id" of their own [give the column another name]',
    ],
    [
      "a delimiter of two characters",
      spoilt("feed/*.csv }", "feed/*.csv, options: { delimiter: '||' } }"),
      'rollout.yaml:10:60 sources.feed.options.delimiter: "||" is not one character',
    ],
    [
      "a pattern of a time with a specifier that strptime lacks",
      spoilt("feed/*.csv }", "feed/*.csv, options: { time_format: '%Q %d' } }"),
      'rollout.yaml:10:62 sources.feed.options.time_format: "%Q %d" has %Q, which strptime does not know [e.g. "%m/%d/%Y %H:%M:%S"]',
    ],
    [
      "a pattern without a day",
      spoilt("feed/*.csv }", "feed/*.csv, options: { date_format: ['%H:%M'] } }"),
      'rollout.yaml:10:62 sources.feed.options.date_format: "%H:%M" names no day [e.g. "%m/%d/%Y %H:%M:%S"]',
    ],
    [
      "a unit of time that is none",
      spoilt("feed/*.csv }", "feed/*.csv, options: { time_format: epoch_days } }"),
      'rollout.yaml:10:62 sources.feed.options.time_format: expected iso, epoch_seconds, epoch_millis, epoch_micros or epoch_nanos, or a pattern such as "%m/%d/%Y %H:%M", found "epoch_days"',
    ],
    [
      "weights that do not sum to 1",
      `${WORKSPACE}preflight:\n  weights: { w1: 0.5, w2: 0.4 }\n`,
      "rollout.yaml:12:3 preflight.weights: the weights sum to 0.9, not to 1",
    ],
    [
      "a misspelt key inside a weight",
      `${WORKSPACE}preflight:\n  weights: { w1: { value: 1, confg_path: a } }\n`,
      'rollout.yaml:12:30 unknown key "confg_path"; did you mean "config_path"? (in preflight.weights.w1)',
    ],
    [
      "a metric whose name is none",
      spoilt("ctr:", "'c tr':"),
      'rollout.yaml:7:3 thresholds.c tr: "c tr" is not the name of a metric',
    ],
  ])("%s", (_, text, expected) => {
    expect(mistake(text)).toBe(expected);
  });
});

describe("several mistakes", () => {
  it("are all listed in the order of the file, the first as the place", () => {
    const text = spoilt("warning: 3%", "warning: 3", spoilt("active_gate: g10", "active_gate: g11"))
      .replace("candidate: v2", "candidate: v2, timezone: UTC")
      .concat("judge: evidense\n");
    expect(mistake(text)).toBe(
      [
        "rollout.yaml:1:53 4 mistakes in rollout.yaml",
        '  rollout.yaml:1:53: unknown key "timezone"; did you mean "time_zone"? (in rollout)',
        '  rollout.yaml:2:14: active_gate: no gate is called "g11"; did you mean "g10"? (gates: g10, g50)',
        "  rollout.yaml:7:27: thresholds.ctr.drop.warning: 3 is not a fraction (3 probably means 3%)",
        '  rollout.yaml:11:8: judge: expected evidence or literal, found "evidense"; did you mean "evidence"?',
      ].join("\n"),
    );
  });

  it("say each unknown key of one mapping at its own place", () => {
    expect(mistake(spoilt("{ warning: 3%, rollback: 5%", "{ warn: 3%, roll_back: 5%, rollback: 5%"))).toBe(
      [
        "rollout.yaml:7:18 2 mistakes in rollout.yaml",
        '  rollout.yaml:7:18: unknown key "warn" (in thresholds.ctr.drop)',
        '  rollout.yaml:7:28: unknown key "roll_back"; did you mean "rollback"? (in thresholds.ctr.drop)',
      ].join("\n"),
    );
  });
});

describe("checkMetricsExist", () => {
  const config = parseConfig(WORKSPACE, { file: "rollout.yaml", root: "/workspace" });

  it("is silent when every threshold has a metric", () => {
    expect(() => checkMetricsExist(config, ["ctr", "save_rate", "other"])).not.toThrow();
  });

  it("names the line and the metric that was probably meant", () => {
    const error = thrown(() => checkMetricsExist(config, ["crt", "save_rate"]));
    expect(told(error)).toBe(
      'rollout.yaml:7:3 thresholds.ctr: there is no metric "ctr"; did you mean "crt"? [a metric is a file: queries/metrics/ctr.sql]',
    );
  });

  it("lists all of them", () => {
    const error = thrown(() => checkMetricsExist(config, []));
    expect(error.message).toContain('rollout.yaml:8:3: thresholds.save_rate: there is no metric "save_rate"');
  });
});

function thrown(work: () => void): GatebookError {
  try {
    work();
  } catch (error) {
    if (error instanceof GatebookError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a cluster", () => {
  const ENGINE =
    'engine: { kind: trino, server: "https://trino:8443", catalog: lake, schema: feed, scratch: lake.own }\n';
  const TABLE = spoilt("files: feed/*.csv", "table: feed.events") + ENGINE;

  it("is where sources are tables, with defaults filled in", () => {
    const { cluster, sources } = parseConfig(TABLE, { file: "rollout.yaml", root: "/workspace" });
    expect(cluster).toEqual({
      ...{
        server: "https://trino:8443",
        catalog: "lake",
        schema: "feed",
        user: "gatebook",
        readUser: "gatebook",
      },
      ...{ scratch: { catalog: "lake", schema: "own" }, passwordEnv: null, tokenEnv: null, ca: null },
    });
    expect(sources[0]).toMatchObject({ table: "feed.events", files: [] });
    const signed = spoilt(
      "lake.own",
      "lake.own, password_env: SECRET, ca: certs/ca.pem, read_user: analyst",
      TABLE,
    );
    expect(parseConfig(signed, { file: "rollout.yaml", root: "/workspace" }).cluster).toMatchObject({
      ...{ passwordEnv: "SECRET", ca: "/workspace/certs/ca.pem", user: "gatebook", readUser: "analyst" },
    });
  });

  it.each([
    ["without its address", ['server: "https://trino:8443", ', ""], "11:1 engine: trino needs server"],
    ["a bare scratch schema", ["scratch: lake.own", "scratch: own"], "is not a schema with its catalog"],
    ["a path in the address", ["trino:8443", "trino:8443/ui"], "is not an address such as"],
    [
      "a password in the open",
      ['https://trino:8443"', 'http://trino:8080", password_env: SECRET'],
      "password_env would be sent unencrypted",
    ],
    [
      "two ways to sign in",
      ["lake.own", "lake.own, password_env: A, token_env: B"],
      "password_env and token_env exclude each other",
    ],
    [
      "files beside it",
      ["table: feed.events", "files: feed/*.csv"],
      "10:5 sources.feed: with engine trino every source is a table",
    ],
    ["files and a table", ["table: feed.events", "table: feed.events, files: a.csv"], "a table has no files"],
    [
      "how files are written",
      ["table: feed.events", 'table: feed.events, options: { delimiter: ";" }'],
      "a table has no delimiter",
    ],
    [
      "patterns of times",
      ["table: feed.events", 'table: feed.events, options: { time_format: ["%Y"] }'],
      "patterns are for files",
    ],
    [
      "a misspelt key",
      ["catalog: lake", "catalogue: lake"],
      'unknown key "catalogue"; did you mean "catalog"?',
    ],
    ["a table with blanks", ["table: feed.events", 'table: "feed events"'], "is not the name of a table"],
  ] as const)("%s is refused where it is written", (_, [from, to], message) => {
    expect(mistake(spoilt(from, to, TABLE))).toContain(message);
  });

  it("is needed for tables, and has no place with the embedded engine", () => {
    expect(mistake(spoilt("files: feed/*.csv", "table: feed.events"))).toContain(
      "tables are read by engine trino only",
    );
    expect(mistake(spoilt("files: feed/*.csv", "kind: events"))).toContain(
      "needs files, or the name of a table",
    );
    expect(mistake(`${WORKSPACE}engine: { kind: duckdb, server: "https://x" }\n`)).toContain(
      "the embedded engine has no server",
    );
  });
});
