import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { header, row, source, workspace } from "../workspace.ts";

const picture = (bytes: number): string => "x".repeat(bytes);
const json = (n: number, metadata: string, event_type = "click"): string =>
  JSON.stringify({ event_id: `e${n}`, event_type, event_date: "2026-02-01", algo_version: "v1", metadata });

async function load(name: string, lines: readonly string[], maxLine: number) {
  const { write, night } = workspace();
  const text = `${lines.join("\n")}\n`;
  write(name, name.endsWith(".gz") ? gzipSync(text) : text);
  write("b.csv", `${header}\n${row(99)}\n`);
  return night(
    [source("feed", name, { maxLine }), source("other", "b.csv")],
    async ({ engine, summary }) => ({
      record: summary.records[0],
      other: summary.records[1],
      lengths: (
        await engine.rows(
          "SELECT length(metadata) AS n FROM events WHERE event_id <> 'e99' ORDER BY event_id",
        )
      ).map(({ n }) => n),
      rejects: await engine.rows(
        "SELECT line, reason, length(raw) AS shown FROM rejected_rows ORDER BY line",
      ),
    }),
    { afresh: true },
  );
}

test("rows past the engine's own limit are loaded up to max_line, beside rows that are rejected", async () => {
  const broken = `${picture(75)}\n`.repeat(30_000);
  const rows = [
    row(1, { metadata: picture(3_000_000) }),
    row(2, { type: "hop", metadata: picture(2_100_000) }),
    row(3, { metadata: broken }),
    row(4, { metadata: "{}" }),
  ];
  for (const name of ["a.csv", "a.csv.gz"]) {
    const { record, other, lengths, rejects } = await load(name, [header, ...rows], 10_000_000);
    expect(record).toMatchObject({ status: "loaded", read: 4, loaded: 3, rejected: 1 });
    expect(other).toMatchObject({ loaded: 1 });
    expect(lengths).toEqual([3_000_000, broken.length, 2]);
    expect(rejects).toEqual([{ line: 3, reason: "unknown_event_type", shown: 10_001 }]);
  }
});

test("a longer row is a reject by its line, with its beginning", async () => {
  const { record, other, lengths, rejects } = await load(
    "a.csv",
    [
      header,
      row(1, { metadata: picture(3_000_001) }),
      row(2, { metadata: picture(2_999_000) }),
      row(3, { metadata: "{}" }),
    ],
    3_000_000,
  );
  expect(record).toMatchObject({
    status: "loaded",
    read: 3,
    loaded: 2,
    rejectedByReason: { line_too_long: 1 },
  });
  expect(other).toMatchObject({ loaded: 1 });
  expect(lengths).toEqual([2_999_000, 2]);
  expect(rejects).toEqual([{ line: 2, reason: "line_too_long", shown: 10_001 }]);
});

test("so it is in JSON, whichever way the file is read", async () => {
  const lines = [
    json(1, picture(2_500_000)),
    json(2, "{}"),
    json(3, picture(17_000_000)),
    json(4, picture(17_000), "hop"),
  ];
  for (const more of [[], [json(5, "{}") + json(6, "{}")]]) {
    const { record, lengths, rejects } = await load("a.jsonl", [...lines, ...more], 3_000_000);
    expect(record).toMatchObject({ read: 4 + 2 * more.length, loaded: 2 + 2 * more.length, rejected: 2 });
    expect(lengths.slice(0, 2)).toEqual([2_500_000, 2]);
    expect(rejects).toEqual([
      { line: 3, reason: "line_too_long", shown: 10_001 },
      { line: 4, reason: "unknown_event_type", shown: 10_001 },
    ]);
  }
});
