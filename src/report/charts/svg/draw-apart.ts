/**
 * Charts are drawn in a process of their own: a spec may ask for a billion ticks, or match a regular expression for ever, and no code in
 * the same process could stop it; a thread that runs out of memory may take the process with it. One process serves all charts, one
 * after the other; it is ended, and a new one started, only when a chart goes past its budget. That chart alone fails.
 */
import { type ChildProcess, fork } from "node:child_process";
import { messageOf } from "../../../model/error.ts";
import type { Chart } from "../spec.ts";
import { compileChart, drawChart } from "./draw.ts";

export interface DrawTask {
  readonly kind: "draw" | "compile";
  readonly chart: Chart;
}

export type DrawAnswer = { readonly svg: string } | { readonly error: string };

/** A warm chart takes 0.06 s and a few megabytes. */
const seconds = 10;
const megabytes = 512;

/** Node 20 runs no TypeScript: in tests of the source a chart is drawn where it is asked for. */
const isSource = import.meta.url.endsWith(".ts");

let drawer: ChildProcess | null = null;
let queue: Promise<unknown> = Promise.resolve();

/** The SVG text. Throws an Error with the reason when the chart cannot be drawn within its budget. */
export async function drawApart(chart: Chart): Promise<string> {
  return isSource ? await drawChart(chart) : await inTurn({ kind: "draw", chart });
}

/** Throws an Error with what Vega-Lite rejects or warns of. */
export async function compileApart(chart: Chart): Promise<void> {
  await (isSource ? compileChart(chart) : inTurn({ kind: "compile", chart }));
}

function inTurn(task: DrawTask): Promise<string> {
  const answer = queue.then(() => ask(task));
  queue = answer.catch(() => undefined);
  return answer;
}

function ask(task: DrawTask): Promise<string> {
  drawer ??= startDrawer();
  const child = drawer;
  child.ref();
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      child.off("message", take).off("error", fail).off("exit", end);
      // or an idle one would keep this process alive
      child.unref();
      child.channel?.unref();
    };
    const giveUp = (reason: string): void => {
      finish();
      drawer = null;
      child.kill("SIGKILL");
      reject(new Error(reason));
    };
    const timer = setTimeout(
      () => giveUp(`drawing it took longer than ${seconds} s and was stopped`),
      seconds * 1000,
    );
    const take = (answer: unknown): void => {
      finish();
      const { svg, error } = answer as Partial<Record<"svg" | "error", string>>;
      if (error === undefined) resolve(svg ?? "");
      else reject(new Error(error));
    };
    const fail = (error: Error): void => giveUp(messageOf(error));
    const end = (): void => giveUp(`drawing it took more than ${megabytes} MB of memory and was stopped`);
    child.on("message", take).on("error", fail).on("exit", end);
    child.send(task);
  });
}

/** It ends by itself with this process: its channel is then closed. */
function startDrawer(): ChildProcess {
  return fork(new URL("./draw-worker.js", import.meta.url), {
    execArgv: [`--max-old-space-size=${megabytes}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}
