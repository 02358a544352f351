/** The process in which charts are drawn: it may be started before there is a chart, and never outlives or holds up who started it. */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { builtCli } from "../helpers/built-cli.ts";

interface Started {
  readonly main: ChildProcess;
  /** Lines of its standard output so far. */
  readonly said: () => readonly string[];
}

/** Runs a script that prints the ids of processes as they are forked; `startDrawing`, `drawApart` and a `chart` are at hand. */
async function start(script: string): Promise<Started> {
  const apart = pathToFileURL(join(dirname(await builtCli()), "report/charts/svg/draw-apart.js")).href;
  const text = `import child from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
const { fork } = child;
const forked = [];
child.fork = (...given) => {
  forked.push(fork(...given));
  console.log(forked.at(-1).pid);
  return forked.at(-1);
};
syncBuiltinESMExports();
const { drawApart, startDrawing } = await import(${JSON.stringify(apart)});
const chartOf = (calculate) => ({
  id: "one", title: "One", description: "One point.",
  spec: { data: { values: [{ a: 1 }] }, transform: [{ calculate, as: "b" }], mark: "point",
    encoding: { x: { field: "b", type: "quantitative" } } },
});
${script}`;
  const main = spawn(process.execPath, ["--input-type=module", "-e", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void main.kill("SIGKILL"));
  let output = "";
  main.stdout.on("data", (bytes) => {
    output += String(bytes);
  });
  return { main, said: () => output.split("\n").filter((line) => line !== "") };
}

function exitCode({ main }: Started): Promise<number | null> {
  return new Promise((resolve) => main.on("exit", (code) => resolve(code)));
}

function isAlive(id: string | undefined): boolean {
  try {
    process.kill(Number(id), 0);
    return true;
  } catch {
    return false;
  }
}

it("holds nobody up who needs no chart after all", async () => {
  const started = await start(
    "startDrawing(); startDrawing(); process.on('exit', () => console.log(performance.now()));",
  );
  expect(await exitCode(started)).toBe(0);
  const [id, ms, ...more] = started.said();
  expect(more).toEqual([]);
  expect(Number(ms)).toBeLessThan(3000);
  await expect.poll(() => isAlive(id)).toBe(false);
});

it("is started again when it died before it was needed", async () => {
  const started = await start(`startDrawing();
const [first] = forked;
first.ref();
await new Promise((resolve) => { first.on("exit", resolve); first.kill("SIGKILL"); });
console.log((await drawApart(chartOf("1"))).slice(0, 4));`);
  expect(await exitCode(started)).toBe(0);
  const [first, second, svg] = started.said();
  expect(svg).toBe("<svg");
  await expect.poll(() => isAlive(first) || isAlive(second)).toBe(false);
});

it("draws no chart any more for one who was killed", async () => {
  const started = await start(`for (let count = 0; count < 100; count += 1)
  void drawApart(chartOf("length(sequence(0, 2e6))")).then(() => console.log("drawn"));`);
  await expect.poll(() => started.said().includes("drawn")).toBe(true);
  started.main.kill("SIGKILL");
  await expect.poll(() => isAlive(started.said()[0]), { timeout: 3000 }).toBe(false);
});
