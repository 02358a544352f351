import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../../src/model/result.ts";
import { csv, header, row, source, type Workspace, workspace } from "../workspace.ts";

const feed = [source("feed", "exports/**/*.{csv,jsonl}")];
const on = (day: number, n: number): string => row(n, { at: `2026-02-0${day}T10:00:00Z` });
const without = (text: string, column: string): string => {
  const at = header.split(",").indexOf(column);
  const cut = (line: string) =>
    line
      .split(",")
      .filter((_, index) => index !== at)
      .join(",");
  return `${text.trimEnd().split("\n").map(cut).join("\n")}\n`;
};
const renamed = (text: string, name: string): string => text.replace(",metadata\n", `,${name}\n`);

async function changed(space: Workspace, sources = feed): Promise<CheckResult | undefined> {
  return space.night(sources, async ({ summary }) =>
    summary.checks.find(({ name }) => name === "changed_columns"),
  );
}

describe("a column that changes its name or vanishes is a warning with the day and both names", () => {
  test("meta becomes metadata becomes props", async () => {
    const space = workspace();
    space.write("exports/1.csv", renamed(csv(on(1, 1)), "meta"));
    space.write("exports/2.csv", csv(on(2, 2)));
    space.write("exports/3.csv", renamed(csv(on(3, 3)), "props"));
    expect(await changed(space)).toMatchObject({
      status: "warn",
      effect: "warn",
      observed: 2,
      detail:
        "feed: meta became metadata on 2026-02-02 (exports/2.csv); feed: metadata became props on 2026-02-03 (exports/3.csv)",
    });
  });

  test("one that is gone is named, once for many files of a day", async () => {
    const space = workspace();
    space.write("exports/1.csv", csv(on(1, 1)));
    space.write("exports/2a.csv", without(csv(on(2, 2)), "position"));
    space.write("exports/2b.csv", without(csv(on(2, 3)), "position"));
    expect((await changed(space))?.detail).toBe("feed: position is gone on 2026-02-02 (exports/2a.csv)");
  });

  test("a key of JSON lines likewise", async () => {
    const space = workspace();
    const line = (day: number, key: string) =>
      `${JSON.stringify({ event_id: `e${day}`, event_type: "click", occurred_at: `2026-02-0${day}T10:00:00Z`, user_id: "u", algo_version: "v1", [key]: { place: 1 } })}\n`;
    space.write("exports/1.jsonl", line(1, "meta"));
    space.write("exports/2.jsonl", line(2, "metadata"));
    expect((await changed(space))?.detail).toBe("feed: meta became metadata on 2026-02-02 (exports/2.jsonl)");
  });
});

describe("no warning", () => {
  const passes = async (space: Workspace, sources = feed) =>
    expect(await changed(space, sources)).toMatchObject({ status: "pass", observed: 0 });

  test("for columns that are only added, or that nothing reads", async () => {
    const space = workspace();
    space.write("exports/1.csv", renamed(csv(on(1, 1)), "mood"));
    space.write("exports/2.csv", csv(on(2, 2)));
    await passes(space);
  });

  test("for a source with files of several shapes, one of which is absent for a day", async () => {
    const space = workspace();
    for (const day of [1, 2, 3]) {
      space.write(`exports/clicks/${day}.csv`, csv(on(day, day)));
      if (day !== 2)
        space.write(`exports/impressions/${day}.csv`, without(csv(on(day, 10 + day)), "dwell_seconds"));
    }
    await passes(space);
  });

  test("for a change before the active gate", async () => {
    const space = workspace();
    space.write("exports/1.csv", renamed(csv(on(1, 1)), "meta"));
    space.write("exports/2.csv", csv(on(2, 2)));
    const started = { day: "2026-02-03", at: null, firstDay: "2026-02-03" };
    const activeGate = {
      name: "g50",
      exposure: 0.5,
      started,
      minDays: 2,
      maxDays: null,
      consecutiveHealthyDays: 0,
      trafficStability: null,
      holdback: null,
    };
    const check = await space.night(
      feed,
      async ({ summary }) => summary.checks.find(({ name }) => name === "changed_columns"),
      { config: { activeGate } },
    );
    expect(check?.status).toBe("pass");
  });
});
