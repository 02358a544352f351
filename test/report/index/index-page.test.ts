import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Result } from "../../../src/model/result.ts";
import { calendar } from "../../../src/report/index/index-calendar.ts";
import { type IndexEntry, rolloutNights } from "../../../src/report/index/index-nights.ts";
import { renderIndex } from "../../../src/report/index/index-page.ts";
import { gateSpans, trends } from "../../../src/report/index/index-trends.ts";
import { indexView } from "../../../src/report/index/index-view.ts";
import { sampleNights } from "../../helpers/sample-nights.ts";
import { sampleDecision, sampleResult } from "../../helpers/sample-result.ts";

function entryOf(path: string, date: string, part: Partial<Result> = {}): IndexEntry {
  const result = sampleResult(part);
  return {
    path,
    result: { ...result, window: { ...result.window, reportDate: date, asOf: `${date}T23:59:59Z` } },
  };
}

const [clip, tags] = rolloutNights(sampleNights());

describe("nights", () => {
  test("are told from reports over a window that somebody asked for", () => {
    expect(clip?.name).toBe("clip-cosine-v2");
    expect(clip?.others.map((other) => other.link)).toEqual([
      "clip-cosine-v2/2026-01-05_2026-01-08/report.html",
    ]);
    expect(clip?.nights).toHaveLength(35);
  });

  test("links survive whatever a rollout is called", () => {
    expect(tags?.nights[0]?.link).toBe("tag%20%3Cboost%3E%20%26%20more/2026-01-05/report.html");
  });

  test("the order of the files does not matter", () => {
    expect(indexView([...sampleNights()].reverse(), new Map())).toEqual(indexView(sampleNights(), new Map()));
  });
});

describe("the calendar", () => {
  test("goes month by month, weeks from Monday, from the first night to the last", () => {
    const months = calendar(clip?.nights ?? [], []);
    expect(months.map((month) => month.title)).toEqual(["January 2026", "February 2026"]);
    expect(months[1]?.weeks.map((week) => week.map((day) => day.number).join(" "))).toEqual([
      "      1",
      "2 3 4 5 6 7 8",
    ]);
    expect(months[0]?.weeks[0]?.[0]).toMatchObject({ number: "5", label: "Mon 2026-01-05" });
  });

  test("shows a night's verdict in a word, with its gate and its report", () => {
    const days = calendar(clip?.nights ?? [], []).flatMap((month) => month.weeks.flat());
    const of = (label: string) => days.find((day) => day.label.endsWith(label));
    expect(of("2026-01-19")?.night).toMatchObject({ word: "PROMOTE", tone: "promote", gate: "g10", why: "" });
    expect(of("2026-01-18")?.night).toMatchObject({ word: "HOLD", why: "more days" });
    expect(of("2026-02-08")?.night).toMatchObject({
      word: "ROLLBACK",
      link: "clip-cosine-v2/2026-02-08/report.html",
    });
  });

  test("a night without a report is missed, the days around the nights are not", () => {
    const days = calendar(clip?.nights ?? [], []).flatMap((month) => month.weeks.flat());
    expect(days.filter((day) => day.isMissed).map((day) => day.label)).toEqual(["Wed 2026-01-14"]);
  });

  test("of a day with reports of the first 24 hours the daily one counts, else the last", () => {
    const early = {
      ...entryOf("r/2026-02-07-first-24h-1200/", "2026-02-07"),
      path: "r/2026-02-07-first-24h-1200/",
    };
    const noon = { ...early, result: { ...early.result, phase: "first-24h" as const } };
    const daily = entryOf("r/2026-02-07/", "2026-02-07");
    const linkOf = (entries: readonly IndexEntry[]) =>
      calendar(rolloutNights(entries)[0]?.nights ?? [], [])[0]
        ?.weeks.flat()
        .find((day) => day.night !== null)?.night?.link;
    expect(linkOf([noon])).toBe("r/2026-02-07-first-24h-1200/report.html");
    expect(linkOf([noon, daily])).toBe("r/2026-02-07/report.html");
    expect(linkOf([daily, noon])).toBe("r/2026-02-07/report.html");
  });

  test("crosses the turn of a year", () => {
    const entries = [entryOf("r/2025-12-31/", "2025-12-31"), entryOf("r/2026-01-01/", "2026-01-01")];
    const months = calendar(rolloutNights(entries)[0]?.nights ?? [], []);
    expect(months.map((month) => month.title)).toEqual(["December 2025", "January 2026"]);
  });

  test("shows what people did on its day, also on one without a night", () => {
    const deed = { number: 1, kind: "promote", date: "2026-02-09", fromGate: "g10", toGate: "g50" } as const;
    const record = {
      ...deed,
      preset: null,
      action: null,
      until: null,
      subject: null,
      reason: "Fine.",
      by: "Ada",
      ticket: "CHG-17",
    };
    const days = calendar(clip?.nights ?? [], [record]).flatMap((month) => month.weeks.flat());
    expect(days.filter(({ deeds }) => deeds.length > 0)).toMatchObject([
      { label: "Mon 2026-02-09", night: null, isMissed: false, deeds: ["Ada promoted g10 → g50"] },
    ]);
    const [entry] = sampleNights();
    if (entry === undefined) throw new Error("the sample has nights");
    const { rollouts } = indexView(
      [{ ...entry, result: { ...entry.result, ledger: { records: [record] } } }],
      new Map(),
    );
    expect(rollouts[0]?.people).toEqual(["Mon 2026-02-09: Ada promoted g10 → g50 (CHG-17): Fine."]);
  });
});

describe("several rollouts", () => {
  test.each([
    ["a promote", { action: "promote", rule: "promote" }, true],
    ["a rollback", { action: "rollback", rule: "latched" }, true],
    ["a finding", { action: "hold", rule: "data" }, true],
    ["a warning", { action: "hold", rule: "warning" }, true],
    ["days to come", { action: "hold", rule: "observing" }, false],
    ["an overdue gate", { action: "hold", rule: "observing", overdue: true }, true],
    ["a rollout that is off", { action: "disabled", rule: "disabled" }, false],
  ] as const)("%s: whether somebody is needed", (_, part, needed) => {
    const entry = entryOf("r/2026-02-07/", "2026-02-07", {
      decision: sampleDecision({ overdue: false, ...part }),
    });
    expect(indexView([entry], new Map()).rollouts[0]?.needsSomebody).toBe(needed);
  });

  test("stand in a table, those that need somebody first", () => {
    const of = (name: string, action: "hold" | "promote", date: string): IndexEntry => {
      const rule = action === "hold" ? "observing" : "promote";
      const entry = entryOf(`${name}/${date}/`, date, { decision: sampleDecision({ action, rule }) });
      return { ...entry, result: { ...entry.result, rollout: { ...entry.result.rollout, name } } };
    };
    const { overview, rollouts } = indexView(
      [of("waits", "hold", "2026-02-09"), of("asks", "promote", "2026-02-08")],
      new Map(),
    );
    expect(rollouts.map(({ name }) => name)).toEqual(["waits", "asks"]);
    expect(overview.map(({ name, need }) => [name, need])).toEqual([
      ["asks", "needs somebody now"],
      ["waits", "nobody needed"],
    ]);
  });
});

describe("trends", () => {
  test("show every guardrail of the newest night, none that is informational", () => {
    expect(trends(clip?.nights ?? [], "t").map((trend) => trend.title)).toEqual([
      "Click-through rate",
      "Long-dwell share",
      "Top-author share",
      "Top-category share",
      "Near-duplicate share",
    ]);
  });

  test("say where it stands and between what it moved", () => {
    expect(trends(clip?.nights ?? [], "t")[0]).toMatchObject({
      delta: "−7.4%",
      badge: { word: "rollback" },
      range: "34 nights, lowest −7.4%, highest +0.9%",
    });
  });

  test("break the line at another gate and at a missed night", () => {
    const svg = trends(clip?.nights ?? [], "t")[0]?.sparkline ?? "";
    expect(/<path d="([^"]*)" fill="none"/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(3);
    expect(svg.match(/stroke-dasharray="2 2"/g)).toHaveLength(1);
  });

  test("a guardrail without a number says so", () => {
    const result = sampleResult();
    const metrics = result.metrics.map((metric) => ({
      ...metric,
      observation: { ...metric.observation, delta: null },
    }));
    const nights = rolloutNights([entryOf("r/2026-02-07/", "2026-02-07", { metrics })])[0]?.nights ?? [];
    expect(trends(nights, "t")[0]).toMatchObject({
      delta: "not available",
      range: "no night has a number",
      sparkline: "",
    });
  });
});

test("gates are listed with their nights and verdicts", () => {
  expect(gateSpans(clip?.nights ?? [])).toEqual([
    {
      gate: "g10",
      exposure: "10%",
      dates: "2026-01-05 to 2026-01-19",
      summary: "14 nights: 13 HOLD, 1 PROMOTE",
    },
    {
      gate: "g50",
      exposure: "50%",
      dates: "2026-01-20 to 2026-02-08",
      summary: "20 nights: 19 HOLD, 1 ROLLBACK",
    },
  ]);
});

describe("the page", () => {
  let html: string;
  beforeAll(async () => {
    html = await renderIndex(sampleNights());
  });

  test("is one file: no script, no request, no handler", () => {
    expect(html.match(/<link\b[^>]*/g)).toEqual([
      expect.stringMatching(/^<link rel="icon" href="data:image\/svg\+xml,/),
    ]);
    expect(html).not.toMatch(/<script|<img|<iframe|@import|\son\w+=|javascript:|https?:\/\/(?!www\.w3\.org)/);
    expect(html).toContain("default-src 'none'");
  });

  test("shows in the browser's tab the newest verdict that most wants a person, of whichever rollout", () => {
    const night = (rollout: string, action: "promote" | "rollback") =>
      entryOf(
        `${rollout}/2026-02-0${action === "promote" ? 7 : 6}/`,
        `2026-02-0${action === "promote" ? 7 : 6}`,
        {
          rollout: { ...sampleResult().rollout, name: rollout },
          decision: sampleDecision({ action }),
        },
      );
    expect(indexView([night("a", "promote"), night("b", "rollback")], new Map()).icon?.rollback).toBe(true);
    expect(indexView([night("a", "promote")], new Map()).icon?.promote).toBe(true);
    expect(indexView([], new Map()).icon).toBeNull();
  });

  test("escapes what rollouts are called", () => {
    expect(html).toContain("tag &lt;boost&gt; &amp; more");
    expect(html).not.toContain("<boost>");
  });

  test("links to every report once in the calendar or a list", () => {
    for (const { path } of sampleNights()) {
      expect(html).toContain(`href="${path.split("/").map(encodeURIComponent).join("/")}report.html"`);
    }
  });

  test("takes its colours from the theme alone", () => {
    const css = readFileSync(new URL("../../../templates/html/index.css", import.meta.url), "utf8");
    expect(css).not.toMatch(/#[0-9a-f]{3,8}\b|rgb\(|hsl\(/i);
    expect(html).toContain("--candidate: ");
  });

  test("has ids of its own on every element", () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/(?:href="#|aria-labelledby=")([^" ]+)/g)) expect(ids).toContain(id);
  });

  test("draws the gates of each rollout", () => {
    expect(html.match(/<svg[^>]*class="chart"/g)).toHaveLength(2);
  });

  test("without any report says how to make the first", async () => {
    expect(await renderIndex([])).toContain("No report is kept yet.");
  });

  test("is the same text every time", async () => {
    expect(await renderIndex(sampleNights())).toBe(html);
  });
});
