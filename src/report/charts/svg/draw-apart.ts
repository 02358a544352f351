/**
 * Charts are drawn in a process of their own: a spec may ask for a billion ticks, or match a regular expression for ever, and no code in
 * the same process could stop it; a thread that runs out of memory may take the process with it. One process serves all charts, one
 * after the other; it is ended, and a new one started, only when a chart goes past its budget. That chart alone fails.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { ChartFault } from "../../../model/chart-fault.ts";
import { messageOf } from "../../../model/error.ts";
import type { CellChart, CellColumn } from "../../../model/result.ts";
import type { Chart } from "../spec.ts";
import type { DrawAnswer, DrawTask } from "./answer.ts";

/** A warm chart takes 0.06 s and a few megabytes. */
const seconds = 10;
const megabytes = 512;

/** Node 20 runs no TypeScript: in tests of the source a chart is drawn where it is asked for. */
const isSource = import.meta.url.endsWith(".ts");

interface Job {
  readonly task: DrawTask;
  readonly answer: (answer: DrawAnswer) => void;
}

let drawer: ChildProcess | null = null;
/** All were sent to the drawer, which is at the first of them. */
let jobs: readonly Job[] = [];
let timer: NodeJS.Timeout | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** Loads Vega beside other work. To be called where charts are sure to come. */
export function startDrawing(): void {
  if (!isSource) drawer ??= startDrawer();
}

/** The SVG text. Throws an Error with the reason when the chart cannot be drawn within its budget. */
export async function drawApart(chart: Chart): Promise<string> {
  const answer = await ask({ kind: "draw", chart });
  return "svg" in answer ? answer.svg : "";
}

/** Throws an Error with what Vega-Lite rejects or warns of. */
export async function checkApart(
  chart: CellChart,
  columns: readonly CellColumn[],
): Promise<readonly ChartFault[]> {
  const answer = await ask({ kind: "check", chart, columns });
  return "faults" in answer ? answer.faults : [];
}

async function ask(task: DrawTask): Promise<Exclude<DrawAnswer, { readonly error: string }>> {
  const answer = await (isSource ? answerHere(task) : answerApart(task));
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}

function answerHere(task: DrawTask): Promise<DrawAnswer> {
  const answer = queue.then(async () => (await import("./answer.ts")).answerTo(task));
  queue = answer;
  return answer;
}

function answerApart(task: DrawTask): Promise<DrawAnswer> {
  return new Promise((answer) => {
    jobs = [...jobs, { task, answer }];
    drawer ??= startDrawer();
    drawer.send(task);
    if (jobs.length === 1) attend(drawer);
  });
}

/** It ends by itself with this process: its channel is then closed. */
function startDrawer(): ChildProcess {
  const child = fork(new URL("./draw-worker.js", import.meta.url), {
    execArgv: [`--max-old-space-size=${megabytes}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.on("message", (answer) => {
    if (drawer === child) finishFirst(answer as DrawAnswer);
    if (drawer === child) attend(child);
  });
  child.on("error", (error) => giveUp(child, messageOf(error)));
  // after its last answer, which may come later than its exit
  child.on("disconnect", () =>
    giveUp(child, `drawing it took more than ${megabytes} MB of memory and was stopped`),
  );
  attend(child);
  return child;
}

/** The first job has its time from now on; a process without one must not keep this one alive. */
function attend(child: ChildProcess): void {
  clearTimeout(timer);
  if (jobs.length === 0) {
    child.unref();
    child.channel?.unref();
    return;
  }
  child.ref();
  child.channel?.ref();
  const reason = `drawing it took longer than ${seconds} s and was stopped`;
  timer = setTimeout(() => giveUp(child, reason), seconds * 1000);
}

function finishFirst(answer: DrawAnswer): void {
  const [first, ...others] = jobs;
  jobs = others;
  first?.answer(answer);
}

/** The chart that it was at fails; the others are drawn by another process. */
function giveUp(child: ChildProcess, error: string): void {
  if (drawer !== child) return;
  clearTimeout(timer);
  child.kill("SIGKILL");
  finishFirst({ error });
  drawer = jobs.length === 0 ? null : startDrawer();
  for (const { task } of jobs) drawer?.send(task);
}
