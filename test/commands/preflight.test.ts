import { expect, it } from "vitest";
import { preflightCommand } from "../../src/commands/preflight.ts";
import { ROLLOUT, run, workspace, writeAt } from "./workspace.ts";

const PREFLIGHT = "preflight: { dotenv: .env, config: dump.json, weights: { w1: 0.6, w2: 0.4 } }\n";
const DOTENV = `DISCOVERY_ROLLOUT_ENABLED=true
DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION=v1
DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION=v2
DISCOVERY_ROLLOUT_ACTIVE_GATE=g10
DISCOVERY_FORCE_ALGO_VERSION=
DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL=true
`;
const DUMP = JSON.stringify({ algo_versions: { v2: { weights: { w1: 0.6, w2: 0.4 } } } });

function app(dotenv: string = DOTENV): string {
  const root = workspace({ "rollout.yaml": ROLLOUT + PREFLIGHT });
  writeAt(root, ".env", dotenv, "2026-02-08T05:30:00Z");
  writeAt(root, "dump.json", DUMP, "2026-02-05T08:00:00Z");
  return root;
}

it("settings that are all as expected are confirmed, each with its place and age", async () => {
  const { code, out } = await run(preflightCommand, app());
  expect(code).toBe(0);
  expect(out).toMatch(/^setting +expected +actual +source +age +status$/m);
  expect(out).toMatch(/^DISCOVERY_ROLLOUT_ENABLED +true +true +\.env:1 +3 hours +pass$/m);
  expect(out).toMatch(/^DISCOVERY_FORCE_ALGO_VERSION +\(empty\) +\(empty\) +\.env:5 +3 hours +pass$/m);
  expect(out).toMatch(/^w1 +0\.6 +0\.6 +dump\.json +3 days +pass$/m);
  expect(out).toContain("Confirmed: 9 settings are as expected.");
  expect(out).not.toContain("php artisan");
});

it("settings stay in their columns on a narrow terminal", async () => {
  const { out } = await run(preflightCommand, app(), {}, { columns: 70 });
  const [table = ""] = out.split("\n\n");
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(70);
  expect(out).toMatch(/^DISCOVERY_ROLLOUT_ +v1 +v1 +\.env:2 +3 hours +pass\nBASELINE_ALGO_VERSION$/m);
});

it("a setting that is another one is named with what it means, and the exit code says so", async () => {
  const dotenv = DOTENV.replace("FORCE_ALGO_VERSION=", "FORCE_ALGO_VERSION=v1");
  const { code, out } = await run(preflightCommand, app(dotenv));
  expect(code).toBe(3);
  expect(out).toContain("NOT CONFIRMED: 1 of 9 settings are not as expected.");
  expect(out).toContain('fail: DISCOVERY_FORCE_ALGO_VERSION: everybody gets the baseline "v1"');
});

it("a copy that cannot be read is no confirmation", async () => {
  const root = app();
  writeAt(root, "dump.json", "<html>");
  const { code, out } = await run(preflightCommand, root);
  expect(code).toBe(3);
  expect(out).toContain("error: dump.json: it is not JSON; make it where the app runs: php artisan tinker");
});

it("copies that disagree are never confirmed, whichever of them is as expected", async () => {
  const dotenv = DOTENV.replace("GATE=g10", "GATE=g50");
  const env = { DISCOVERY_ROLLOUT_ACTIVE_GATE: "g10" };
  const { code, out } = await run(preflightCommand, app(dotenv), {}, { env });
  expect(code).toBe(3);
  expect(out).toContain("NOT CONFIRMED: 1 of 9 settings are not as expected.");
  expect(out).toContain(
    'fail: DISCOVERY_ROLLOUT_ACTIVE_GATE: the copies disagree (environment says "g10"; .env:4, 2.5 h old, says "g50")',
  );
});

it("a dump that forces the baseline is no confirmation of an empty line in the dotenv file", async () => {
  const root = app();
  const weights = JSON.parse(DUMP);
  writeAt(
    root,
    "dump.json",
    JSON.stringify({ ...weights, force_algo_version: "v1" }),
    "2026-02-08T07:30:00Z",
  );
  const { code, out } = await run(preflightCommand, root);
  expect(code).toBe(3);
  expect(out).not.toContain("Confirmed");
  expect(out).toContain(
    '(.env:5, 2.5 h old, says ""; dump.json, 0.5 h old, says "v1"): .env is the older file',
  );
});

it("without a preflight section nothing is checked, and the command that makes the dump is printed", async () => {
  const { code, out } = await run(preflightCommand, workspace());
  expect(code).toBe(0);
  expect(out).toContain("Nothing was checked.");
  expect(out).toContain(
    `php artisan tinker --execute='echo json_encode(config("discovery"));' > discovery.json`,
  );
});

it("--json gives every line with its detail, for a machine", async () => {
  const { out } = await run(preflightCommand, app(), { json: true });
  const { lines, dumpCommand } = JSON.parse(out);
  expect(dumpCommand).toBeNull();
  expect(lines[0]).toEqual({
    key: "DISCOVERY_ROLLOUT_ENABLED",
    expected: "true",
    actual: "true",
    source: ".env:1",
    ageHours: 2.5,
    status: "pass",
    detail: "as expected",
    contradictedBy: [],
  });
});
