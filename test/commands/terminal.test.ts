/** What reaches the terminal; `lost-answers.slow.ts` tells what becomes of an answer that cannot be written. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aggregateCommand } from "../../src/commands/aggregate.ts";
import { historyCommand } from "../../src/commands/history.ts";
import { pruneCommand } from "../../src/commands/prune.ts";
import { commands } from "../../src/commands/registry.ts";
import { printable } from "../../src/commands/terminal/errors.ts";
import { overview } from "../../src/commands/terminal/overview.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { run, workspace } from "./workspace.ts";

it("shows marks of direction and control characters as text, and leaves letters alone", () => {
  expect(printable("a\u202eb\u2066c\u200fd\u061ce\u001b[31mf\ud800g")).toBe(
    "a\\u202eb\\u2066c\\u200fd\\u061ce\\u001b[31mf\\ud800g",
  );
  const sound = "שלום\tعربي\nπλ 👩‍👩‍👧 é";
  expect(printable(sound)).toBe(sound);
  const json = JSON.stringify({ name: "a\u202eb\u0007" });
  expect(JSON.parse(printable(json))).toEqual({ name: "a\u202eb\u0007" });
});

describe("--help", () => {
  it("names every command and fits the terminal, and of a command tells its options", async () => {
    const text = overview(72);
    for (const { usage } of commands) expect(text).toContain(`\n  gatebook ${usage}  `);
    const lists = text.slice(text.indexOf("Commands:"), text.indexOf("First report:"));
    expect(Math.max(...lists.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(72);
    const { code, stdout } = await gatebook(tmpdir(), "--help");
    expect([code, stdout]).toEqual([0, `${overview(100)}\n`]);
    expect((await gatebook(tmpdir(), "history", "--help")).stdout).toMatch(
      /^gatebook history\n[\s\S]*--limit/,
    );
  });
});

it("--version is one line", async () => {
  const { code, stdout, stderr } = await gatebook(tmpdir(), "--version");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it.each(["out", "config", "temp-dir"])("--%s of an empty text is no folder", async (name) => {
  const root = workspace();
  const options = { [name === "temp-dir" ? "tempDir" : name]: "" };
  expect((await run(pruneCommand, root, options)).refused).toMatch(new RegExp(`^usage: --${name} is empty`));
  expect(await gatebook(root, "history", "--config")).toMatchObject({ code: 2 });
});

it.each([".gatebook", "reports"])("a file called %s is wrong use, whatever the command", async (name) => {
  const root = workspace();
  writeFileSync(join(root, name), "");
  for (const command of [aggregateCommand, historyCommand])
    expect((await run(command, root, { date: "2026-02-07" })).refused).toContain(
      `${join(root, name)} is a file, and gatebook keeps a folder there`,
    );
});
