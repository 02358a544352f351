/**
 * Charts are drawn in a thread of their own: a spec may ask for a billion ticks, or match a regular expression for ever, and no code in
 * the same thread could stop it. One thread serves all charts of a process, one after the other; it is ended, and a new one
 * started, only when a chart goes past its budget. That chart alone fails.
 */
import { Worker } from "node:worker_threads";
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

/** TypeScript is not run by threads of Node 20: in tests of the source a chart is drawn where it is asked for. */
const isSource = import.meta.url.endsWith(".ts");

let thread: Worker | null = null;
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
  thread ??= startThread();
  const worker = thread;
  worker.ref();
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      worker.off("message", take).off("error", fail).off("exit", end);
      worker.unref(); // or an idle thread would keep the process alive
    };
    const giveUp = (reason: string): void => {
      finish();
      thread = null;
      void worker.terminate();
      reject(new Error(reason));
    };
    const timer = setTimeout(
      () => giveUp(`drawing it took longer than ${seconds} s and was stopped`),
      seconds * 1000,
    );
    const take = (answer: DrawAnswer): void => {
      finish();
      if ("error" in answer) reject(new Error(answer.error));
      else resolve(answer.svg);
    };
    const fail = (error: unknown): void => giveUp(faultOf(error));
    const end = (): void => giveUp("drawing it ended the thread that draws");
    worker.on("message", take).on("error", fail).on("exit", end);
    worker.postMessage(task);
  });
}

function startThread(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 64 };
  return new Worker(new URL("./draw-worker.js", import.meta.url), { resourceLimits });
}

function faultOf(error: unknown): string {
  const isMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return isMemory ? `drawing it took more than ${megabytes} MB of memory and was stopped` : messageOf(error);
}
