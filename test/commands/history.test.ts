import { expect, it } from "vitest";
import { historyCommand } from "../../src/commands/history.ts";
import { recordCommand } from "../../src/commands/record.ts";
import { addNight, run, withStore, workspace } from "./workspace.ts";

async function ledger(): Promise<string> {
  const root = workspace();
  await withStore(root, async (engine) => {
    await addNight(engine, { date: "2026-02-05" });
    await addNight(engine, { date: "2026-02-06", rule: "severe", preset: "immediate" });
    await addNight(engine, { date: "2026-02-06", rule: "data" });
  });
  const said = { reason: "shown to be\nan outage", by: "ada", ticket: "CHG-7" };
  await run(recordCommand, root, { ...said, kind: "rollback", preset: "immediate" });
  return root;
}

it("nights, restatements and records stand in the order of time, details whole", async () => {
  const { code, out } = await run(historyCommand, await ledger());
  expect(code).toBe(0);
  expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
    "2026-02-05  daily  hold  g10  observing: observing on 2026-02-05",
    "2026-02-06  daily restated  rollback  was severe: severe on 2026-02-06 (changed: first)",
    "2026-02-06  daily  hold  g10  data: data on 2026-02-06",
    "2026-02-08  recorded 1  rollback  g10 immediate: shown to be an outage (CHG-7), by ada",
  ]);
});

it("a detail longer than the terminal goes on below itself", async () => {
  const { out } = await run(historyCommand, await ledger(), {}, { columns: 70 });
  const lines = out.split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70);
  expect(lines.filter((line) => line.startsWith("2026"))).toHaveLength(4);
  expect(out.replace(/\s+/g, " ")).toContain("g10 immediate: shown to be an outage (CHG-7), by ada");
});

it("--limit keeps the newest and says how many there are", async () => {
  const { out, remarks } = await run(historyCommand, await ledger(), { limit: 1 });
  expect(out.split("\n")).toHaveLength(1);
  expect(out).toContain("2026-02-08");
  expect(remarks).toBe("3 earlier entries (--limit 4 shows all)");
});

it("--json gives the entries for a machine", async () => {
  const { out } = await run(historyCommand, await ledger(), { json: true });
  expect(JSON.parse(out)[0]).toEqual({
    day: "2026-02-05",
    what: "daily",
    number: null,
    action: "hold",
    gate: "g10",
    detail: "observing: observing on 2026-02-05",
    person: null,
    recordedAt: "2026-02-06T00:00:00Z",
  });
});

it("an empty ledger and a missing warehouse say what to run", async () => {
  const root = workspace();
  expect((await run(historyCommand, root)).refused).toContain("there is no warehouse yet");
  await withStore(root, async (engine) => {
    await addNight(engine, { date: "2026-02-05" });
    await engine.execute("DELETE FROM decisions");
  });
  expect((await run(historyCommand, root)).out).toContain("The ledger of clip is empty: gatebook run writes");
});

it("a limit that is no number of entries is refused", async () => {
  expect((await run(historyCommand, workspace(), { limit: 0 })).refused).toContain(
    '--limit must be a whole number of at least 1, not "0"',
  );
});
