/** `gatebook render` as it is shipped, in a process of its own: what it writes, and what it does not load. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { buildCli, type Gatebook } from "../helpers/built-cli.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { noDataResult } from "../helpers/sample-variants.ts";
import { temporaryFolder } from "../helpers/temp-workspace.ts";

/** Whether the process that loads Vega is started is written into `file`, by a hook that Node runs in a thread of its own. */
function watchingVega(file: string): string {
  const hook = `import { appendFileSync } from "node:fs";
export async function resolve(name, context, next) {
  const found = await next(name, context);
  if (/draw-worker/.test(found.url)) appendFileSync(${JSON.stringify(file)}, found.url + "\\n");
  return found;
}`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(hook))});`;
  return `--import=${dataUrl(register)}`;
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

describe("gatebook render", () => {
  let gatebook: Gatebook;
  let root: string;
  beforeAll(() => {
    const finish: (() => void)[] = [];
    gatebook = buildCli();
    root = temporaryFolder((remove) => finish.push(remove));
    return () => {
      for (const remove of finish) remove();
    };
  });

  /** Whether Vega was loaded while `result` was rendered. */
  async function loadsVega(name: string, result: Result, format: string): Promise<boolean> {
    const loaded = join(root, `${name}.txt`);
    writeFileSync(join(root, `${name}.json`), serializeResult(result));
    const where = { cwd: root, env: { NODE_OPTIONS: watchingVega(loaded) } };
    const out = join(root, name);
    const ran = await gatebook(where, "render", `${name}.json`, "--out", out, "--format", format);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    return existsSync(loaded) && readFileSync(loaded, "utf8").includes("draw-worker");
  }

  it("loads Vega when a chart is drawn", async () => {
    expect(await loadsVega("drawn", sampleResult(), "html")).toBe(true);
    expect(readFileSync(join(root, "drawn/report.html"), "utf8")).toContain('class="chart"');
  });

  it("does not load it for the summary alone", async () => {
    expect(await loadsVega("summary", sampleResult(), "txt")).toBe(false);
  });

  it("does not load it where no chart has anything to show", async () => {
    const base = noDataResult();
    const gates = base.rollout.gates.map((gate) => ({ ...gate, started: null }));
    const nothing = { ...base, rollout: { ...base.rollout, gates }, cells: [] };
    expect(await loadsVega("nothing", nothing, "html")).toBe(false);
    expect(readFileSync(join(root, "nothing/report.html"), "utf8")).not.toContain('class="chart"');
  });
});
