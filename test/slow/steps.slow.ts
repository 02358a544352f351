/** What a report tells people to do, done: edits in the files that it names, its shell lines by a real shell, as they stand. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Result, Step } from "../../src/model/result.ts";
import { builtCli } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { changeFile, copiedWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

let bin: string;

beforeAll(async () => {
  bin = join(await builtCli(), "../../bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "gatebook"), `#!/bin/sh\nexec "${process.execPath}" "${await builtCli()}" "$@"\n`);
  chmodSync(join(bin, "gatebook"), 0o755);
}, 120_000);

/** Bare thresholds on little data: what a scenario plants is what it says. */
const settings = {
  "judge: evidence": "judge: literal",
  "min_sample: { impressions: 1000, clicks: 100 }": "min_sample: { impressions: 100, clicks: 10 }",
};

async function exportsOf(scenario: "healthy" | "rollback", root: string): Promise<void> {
  await sampleInto(root, { scenario, usersPerDay: 300, days: 12 });
  judgeBy(root, "ctr");
}

/** A workspace of the sample, judged on its seventh day. */
async function judged(scenario: "healthy" | "rollback"): Promise<string> {
  const work = async (root: string): Promise<void> => {
    await exportsOf(scenario, root);
    expect((await gatebook(root, ...nightOf("2026-02-07"))).code).toBe(0);
  };
  return await copiedWorkspace(onTestFinished, `steps-${scenario}`, work, settings);
}

const nightOf = (date: string): readonly string[] => ["run", "--date", date, "--format", "txt"];

/** From that day on the app is at the last gate, and nobody gets the baseline. */
function serveEverybody(root: string, since: string): void {
  const exports = join(root, "exports");
  for (const file of readdirSync(exports, { recursive: true }).map(String)) {
    const day = /\d{4}-\d\d-\d\d/.exec(file)?.[0];
    const path = join(exports, file);
    if (day === undefined || day < since || !/\.(csv|gz)$/.test(file)) continue;
    const moved = (text: string) => text.replaceAll("clip-cosine-v1", "clip-cosine-v2");
    const bytes = readFileSync(path);
    writeFileSync(
      path,
      file.endsWith(".gz") ? gzipSync(moved(gunzipSync(bytes).toString())) : moved(bytes.toString()),
    );
  }
  changeFile(root, "exports/app.env", { "ACTIVE_GATE=g10": "ACTIVE_GATE=g100" });
  changeFile(root, "exports/discovery.json", { '"active_gate": "g10"': '"active_gate": "g100"' });
}

function latest(root: string): Result {
  return JSON.parse(readFileSync(join(root, "reports/clip-cosine-v2/latest/result.json"), "utf8")) as Result;
}

/** Each line in the place that it names: a line of a dotenv file, a key of rollout.yaml. */
function edit(root: string, steps: readonly Step[]): void {
  for (const { place, line, was } of steps.flatMap(({ edits }) => edits)) {
    const [file = "", number] = (place ?? "").split(":");
    if (file.endsWith(".env")) {
      const lines = readFileSync(join(root, file), "utf8").split("\n");
      expect(lines[Number(number) - 1]).toBe(`${line.split("=")[0]}=${was}`);
      lines[Number(number) - 1] = line;
      writeFileSync(join(root, file), lines.join("\n"));
    } else if (file === "rollout.yaml") {
      changeFile(root, file, { [`active_gate: ${was}`]: line });
    } else {
      const gate = /gate (\w+)$/.exec(file)?.[1] ?? "";
      changeFile(root, "rollout.yaml", { [`name: ${gate},`]: `name: ${gate}, ${line},` });
    }
  }
}

/** All shell lines of the steps in one shell, one after the other; what a command asks is answered. */
function type(root: string, steps: readonly Step[], answer = "") {
  const lines = steps.flatMap(({ commands }) => commands);
  const script = lines.map((line) => `${line}; echo "exit $?"`).join("\n");
  const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: root, GATEBOOK_BY: "Ada" };
  const { stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: root,
    env,
    encoding: "utf8",
    input: `${answer}\n`,
  });
  const codes = [...stdout.matchAll(/^exit (\d+)$/gm)].map(([, code]) => Number(code));
  return { codes, stdout, stderr };
}

describe("the printed steps, typed as they stand", () => {
  it("promote", async () => {
    const root = await judged("healthy");
    const { decision } = latest(root);
    expect(decision.action).toBe("promote");
    edit(root, decision.steps);
    const { codes, stdout } = type(root, decision.steps);
    expect(codes).toEqual([0]);
    expect(stdout).toContain("promote g10 → g50");
    expect(readFileSync(join(root, "exports/app.env"), "utf8")).toContain(
      "DISCOVERY_ROLLOUT_ACTIVE_GATE=g50",
    );
    expect((await gatebook(root, "check")).code).toBe(0);
    expect(execFileSync("grep", ["-n", "g50", join(root, "rollout.yaml")]).toString()).toContain(
      "2026-02-08T09:30",
    );
  });

  it.each(["standard", "immediate"] as const)("%s rollback, then clear", async (preset) => {
    const root = await judged("rollback");
    const { decision } = latest(root);
    expect(decision).toMatchObject({ action: "rollback", preset: "standard" });
    const steps = decision.runbook.steps?.[preset] ?? [];
    edit(root, steps);
    const { codes, stdout, stderr } = type(root, steps);
    // The time is noted; no later event proves anything yet; it is recorded with the verdict's sentence.
    expect([codes, stderr.includes("usage")]).toEqual([[0, 3, 0], false]);
    expect(stdout).toContain(`${preset} rollback`);
    const [line] = steps[0]?.edits ?? [];
    expect(readFileSync(join(root, "exports/app.env"), "utf8")).toContain(line?.line);
    const cleared = type(
      root,
      [{ text: "", edits: [], commands: ["gatebook record clear"] }],
      "The ranking bug is fixed.",
    );
    expect([cleared.codes, cleared.stderr]).toEqual([[0], expect.stringContaining("Why clear?")]);
    expect((await gatebook(root, "history")).stdout).toContain("The ranking bug is fixed.");
  });

  it("a latched rollback ends with the line that clears it", async () => {
    const root = await judged("rollback");
    expect((await gatebook(root, ...nightOf("2026-02-08"))).code).toBe(0);
    const { decision } = latest(root);
    expect(decision.rule).toBe("latched");
    const { codes } = type(root, decision.steps.slice(-1), "Understood and fixed.");
    expect(codes).toEqual([0]);
  });

  it("complete, at 100% without a holdback, as the report prints it", async () => {
    const root = await copiedWorkspace(
      onTestFinished,
      "steps-complete",
      async (folder) => {
        await exportsOf("healthy", folder);
        serveEverybody(folder, "2026-02-08");
        expect((await gatebook(folder, ...nightOf("2026-02-12"))).code).toBe(0);
      },
      {
        ...settings,
        "active_gate: g10": "active_gate: g100",
        "name: g100,": "name: g100, started: 2026-02-08,",
      },
    );
    const { decision } = latest(root);
    expect(decision).toMatchObject({ action: "hold", rule: "observing" });
    const close = decision.steps.slice(-1);
    expect(close[0]?.commands).toEqual(["gatebook record complete"]);
    expect(type(root, close, "").codes).toEqual([2]);
    expect(type(root, close, "gatebook record clear").codes).toEqual([2]);
    expect(type(root, close, "Watched for two weeks.").codes).toEqual([0]);
    // from today on, which no export of the sample reaches: `gates.slow.ts` has the night after
    expect((await gatebook(root, "history")).stdout).toMatch(/complete.*Watched for two weeks\..*Ada/);
  });
});
