/** Windows that hold days of two gates, as they are asked for on the command line: weighed or refused, never pooled. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricResult } from "../../src/model/result.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { changeFile, madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

let root: string;
beforeAll(async () => {
  root = await madeWorkspace(afterAll, {
    "active_gate: g10\n": "active_gate: g50\n",
    "      exposure: 50%,\n": "      exposure: 50%,\n      started: 2026-02-03,\n",
    "\nsources:\n": "\ndimensions: [category_id]\nsources:\n",
  });
  judgeBy(root, "ctr", "top_author_share");
  await sampleInto(root, { scenario: "healthy", usersPerDay: 400, days: 4 });
  const ran = await gatebook(root, "run", "--date", "2026-02-04", "--quiet", "--format", "txt");
  expect(ran.code).toBe(0);
});

const answers = new Map<string, ReturnType<typeof gatebook>>();
/** What a command says that only reads: asked once. */
function told(...words: readonly string[]): ReturnType<typeof gatebook> {
  const key = JSON.stringify(words);
  const answer = answers.get(key) ?? gatebook(root, ...words);
  answers.set(key, answer);
  return answer;
}

const algorithms = ["clip-cosine-v1", "clip-cosine-v2"] as const;
const both = ["--from", "2026-02-01", "--to", "2026-02-04"] as const;

describe("a window over two gates", () => {
  it("is compared gate by gate, then weighed together", async () => {
    const { code, stdout } = await told("compare", ...algorithms, ...both);
    expect(code).toBe(0);
    const headings = stdout.split("\n").filter((line) => /^(g10|g50|across)/.test(line));
    expect(headings).toEqual([
      "g10, 2026-02-01 to 2026-02-02",
      "g50, 2026-02-03 to 2026-02-04",
      "across gates, weighed by information and never pooled",
    ]);
    expect(stdout).toMatch(/^ {2}ctr: g10 .* and g50 .*: together .*Cochran's Q/m);
  });

  it("is cut by a dimension gate by gate, each adding up to its own change", async () => {
    const asked = ["compare", ...algorithms, ...both, "--by", "category_id"] as const;
    const { stdout } = await told(...asked, "--json");
    const gates: readonly { readonly metrics: readonly MetricResult[] }[] = JSON.parse(stdout).across.gates;
    for (const { metrics } of gates) {
      const [ctr, ...others] = metrics;
      const [cut] = ctr?.dimensions ?? [];
      expect(others.flatMap(({ dimensions }) => dimensions)).toEqual([]);
      expect(cut?.values.length).toBe(12);
      const sum = cut?.values.reduce((total, { contribution }) => total + (contribution ?? 0), 0);
      expect(sum).toBeCloseTo(ctr?.observation.delta ?? Number.NaN, 9);
    }
    const text = (await told(...asked)).stdout;
    expect(text.match(/^ctr by category_id: .*%, of which \w+ [+−]\d+\.\d, /gm)?.length).toBe(2);
    const wrong = await told("compare", ...algorithms, ...both, "--by", "category");
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "category_id"?') });
  });

  it("has no pooled numbers for a machine either", async () => {
    const { stdout } = await told("compare", ...algorithms, ...both, "--json");
    const { metrics, across } = JSON.parse(stdout);
    expect(metrics).toBeNull();
    expect(across.gates.map(({ gate }: { gate: string }) => gate)).toEqual(["g10", "g50"]);
    expect(across.metrics[0]).toMatchObject({ name: "ctr", heterogeneity: { degreesOfFreedom: 1 } });
  });

  it("is evaluated per algorithm, with the word that the two are not to be compared", async () => {
    const { stdout } = await told("evaluate", ...both);
    expect(stdout).toMatch(/These days span several gates, so do not compare algorithms here/);
    expect(stdout).toMatch(/^top_author_share: plain shares of the heaviest keys/m);
    const one = await told("evaluate", "--from", "2026-02-01", "--to", "2026-02-02");
    expect(one.stdout).not.toContain("several gates");
    const { stdout: json } = await told("evaluate", ...both, "--json");
    expect(JSON.parse(json).gates).toEqual([
      { gate: "g10", from: "2026-02-01", to: "2026-02-02" },
      { gate: "g50", from: "2026-02-03", to: "2026-02-04" },
    ]);
  });

  it("is evaluated with the share of its events that a comparison stands on, where the window lies in one gate", async () => {
    const one = ["--from", "2026-02-01", "--to", "2026-02-02"];
    const ctr = async (...days: readonly string[]) => {
      const { stdout } = await told("evaluate", ...days, "--json");
      return JSON.parse(stdout).metrics.find(({ metric }: { metric: string }) => metric === "ctr").algorithms;
    };
    const [baseline, candidate] = await ctr(...one);
    expect(candidate.coverage).toMatchObject({ events: candidate.denominator });
    expect(baseline.coverage).toMatchObject({ counted: baseline.denominator });
    expect((await told("evaluate", ...one)).stdout).toMatch(/^ctr +clip-cosine-v2 .* 100%$/m);
    for (const { coverage } of await ctr(...both)) expect(coverage).toBeNull();
  });

  it("is told apart from a window that holds nothing: that is a typing error, not an empty answer", async () => {
    const empty = ["--from", "2025-02-01", "--to", "2025-02-04"];
    const told = `error: there are no events from 2025-02-01 to 2025-02-04
  hint: the warehouse has 2026-02-01 to 2026-02-04
`;
    for (const words of [["evaluate"], ["compare", ...algorithms]])
      expect(await gatebook(root, ...words, ...empty)).toEqual({ code: 4, stdout: "", stderr: told });
  });

  it("says of an algorithm compared with itself that there is nothing to compare", async () => {
    const { code, stderr } = await told("compare", "clip-cosine-v1", "clip-cosine-v1", ...both);
    expect([code, stderr.split("\n")[0]]).toEqual([2, "error: clip-cosine-v1 would be compared with itself"]);
    expect(stderr).toContain("hint: name two of clip-cosine-v1, clip-cosine-v2");
  });

  it("is no window of a run", async () => {
    const { code, stderr } = await gatebook(root, "run", ...both, "--quiet");
    expect(code).toBe(2);
    expect(stderr).toContain("contains days of g10 and of g50: days are never pooled across gates");
    expect(stderr).toContain(
      "gatebook compare clip-cosine-v1 clip-cosine-v2 --from 2026-02-01 --to 2026-02-04",
    );
  });

  it("does not come about by leaving active_gate behind", async () => {
    changeFile(root, "rollout.yaml", { "active_gate: g50\n": "active_gate: g10\n" });
    const { code, stderr } = await gatebook(root, "run", "--date", "2026-02-04", "--quiet");
    expect(code).toBe(2);
    expect(stderr).toContain("set active_gate to the gate of 2026-02-04");
  });
});
