import { expect, test } from "vitest";
import { pruneEvents } from "../../../src/load/days/prune.ts";
import { configOf, csv, row, source, workspace } from "../workspace.ts";

const gateSince = (day: string) => {
  const { activeGate } = configOf("", []);
  return { activeGate: { ...activeGate, started: { day, at: null, firstDay: day } } };
};

test("days of the active gate that are closed are judged by their sums, and what these lack still blocks", async () => {
  const { write, night } = workspace();
  write("exports/a.csv", csv(row(1), row(2), row(2, { type: "click" }), row(3, { type: "hide" })));
  write("exports/b.csv", csv(row(9, { at: "2026-02-05T10:00:00Z" })));
  const feed = [source("feed", "exports/*.csv")];
  const statuses = (since: string) =>
    night(
      feed,
      async ({ summary }) =>
        summary.checks
          .filter(({ name }) => /^(rejected_rows|conflicting_event_ids)$/.test(name))
          .map(({ status }) => status),
      { config: gateSince(since) },
    );
  expect(await statuses("2026-02-01")).toEqual(["fail", "fail"]);
  await night(feed, ({ engine }) => pruneEvents(engine, 0, "2026-02-06"));
  expect(await statuses("2026-02-01")).toEqual(["fail", "fail"]);
  expect(await statuses("2026-02-04")).toEqual(["pass", "pass"]);
});
