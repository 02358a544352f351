/** Columns that rollout.yaml names and no file has, events without ids, and values that are the same in every row. */
import { expect, test } from "vitest";
import { csv, row, source, workspace } from "../workspace.ts";

const types = (name: string, files: string, columns: Readonly<Record<string, readonly string[]>>) =>
  source(name, files, { columns: new Map(Object.entries(columns)) });

const found = { observed: 1, expected: 0 };

test("an entry that matches nothing is named, with what the files have", async () => {
  const space = workspace();
  space.write("a.csv", csv(row(1), row(2)));
  const feed = types("feed", "a.csv", { dwell_seconds: ["dwell_second"], user_id: ["member", "user_id"] });
  await space.night([feed], async ({ summary }) => {
    const check = summary.checks.find(({ name }) => name === "columns_found");
    expect(check).toMatchObject({ ...found, status: "warn" });
    expect(check?.detail).toBe(
      "feed: no file has dwell_second (columns: dwell_seconds); the files have event_id, event_type, occurred_at, " +
        'user_id, session_id, item_id, algo_version, dwell_seconds, position, metadata; did you mean "dwell_seconds"?',
    );
  });
});

test("it blocks where whose event it is would be read from elsewhere, and a path asks for staging", async () => {
  const space = workspace();
  const line = {
    event_id: "e",
    event_type: "click",
    occurred_at: "2026-02-01",
    algo_version: "v1",
    user: { id: "u" },
  };
  space.write("a.jsonl", JSON.stringify({ ...line, session_id: "s" }));
  await space.night([types("feed", "a.jsonl", { user_id: ["user.id"] })], async ({ summary }) => {
    const check = summary.checks.find(({ name }) => name === "columns_found");
    expect(check?.status).toBe("fail");
    expect(check?.detail).toContain(
      "user.id is a place within the column user, which only a staging file reaches",
    );
  });
});

test("a key that only some lines have is found, and so is a folder's name", async () => {
  const space = workspace();
  const line = {
    event_id: "e",
    event_type: "click",
    occurred_at: "2026-02-01",
    algo_version: "v1",
    user_id: "u",
  };
  const rest = Array.from({ length: 4000 }, (_, n) =>
    JSON.stringify({ ...line, event_id: `e${n}`, filler: "x".repeat(200) }),
  );
  rest[1500] = JSON.stringify({ ...line, event_id: "e1500", sid: "s1" });
  space.write("day=2026-02-01/a.jsonl", rest.join("\n"));
  const feed = types("feed", "day=*/a.jsonl", { session_id: ["sid"], event_date: ["day"] });
  await space.night([feed], async ({ engine, summary }) => {
    expect(summary.checks.map(({ name }) => name)).not.toContain("columns_found");
    expect(await engine.rows("SELECT count(session_id) AS sessions FROM events")).toEqual([{ sessions: 1 }]);
  });
});

test("events without ids are explained by what one can do", async () => {
  const space = workspace();
  space.write("a.csv", "event_type,occurred_at,algo_version,request\nclick,2026-02-01,v1,r1\n");
  await space.night([source("feed", "a.csv")], async ({ summary }) => {
    const check = summary.checks.find(({ name }) => name === "event_ids");
    expect(check).toMatchObject({ ...found, status: "warn" });
    for (const way of ["columns: { event_id: … }", "request", "queries/sources/feed.sql", "@effect warn"])
      expect(check?.detail).toContain(way);
  });
  await space.night([types("feed", "a.csv", { event_id: ["request"] })], async ({ summary }) => {
    expect(summary.checks.map(({ name }) => name)).not.toContain("event_ids");
  });
});

test("a constant is the value of every row, or of those that have no other", async () => {
  const space = workspace();
  space.write("shown.csv", "event_id,at,algo\ne1,2026-02-01,v1\ne2,2026-02-01,\n");
  space.write("clicks.csv", "event_id,what,at,algo\ne3,tap,2026-02-01,v1\ne4,,2026-02-01,v2\n");
  const columns = { occurred_at: ["at"], algo_version: ["algo"] };
  const shown = {
    ...types("shown", "shown.csv", columns),
    constants: new Map([
      ["event_type", "seen"],
      ["algo_version", "v0"],
    ]),
  };
  const clicks = {
    ...types("clicks", "clicks.csv", { ...columns, event_type: ["what"] }),
    constants: new Map([["event_type", "impression"]]),
  };
  const sources = [
    { ...shown, eventTypes: new Map([["seen", "impression"]] as const) },
    { ...clicks, eventTypes: new Map([["tap", "click"]] as const) },
  ];
  await space.night(sources, async ({ engine, summary }) => {
    expect(summary.records).toMatchObject([{ loaded: 2 }, { loaded: 2 }]);
    expect(
      await engine.rows("SELECT event_id, event_type, algo_version FROM events ORDER BY event_id"),
    ).toEqual([
      { event_id: "e1", event_type: "impression", algo_version: "v1" },
      { event_id: "e2", event_type: "impression", algo_version: "v0" },
      { event_id: "e3", event_type: "click", algo_version: "v1" },
      { event_id: "e4", event_type: "impression", algo_version: "v2" },
    ]);
  });
  const files = async (list: typeof sources) => space.night(list, async ({ summary }) => summary.changed);
  expect(await files(sources)).toBe(false);
  expect(
    await files([{ ...shown, constants: new Map([["event_type", "click"]]), eventTypes: new Map() }]),
  ).toBe(true);
});
