/** The process in which charts are drawn (draw-apart.ts): tasks in, an answer for each out, in their order. */
import { setImmediate } from "node:timers/promises";
import { answerTo, type DrawTask } from "./answer.ts";
import { loadVega } from "./vega.ts";

let last: Promise<unknown> = Promise.resolve();

process.on("message", (task: DrawTask) => {
  last = last.then(async () => {
    if (!process.connected) return;
    process.send?.(await answerTo(task));
    // or it would not see before the last chart that nobody waits for them any more
    await setImmediate();
  });
});

// while the first chart is still being made
loadVega();
