/** The process in which charts are drawn (draw-apart.ts): one task in, one answer out. */
import { messageOf } from "../../../model/error.ts";
import { compileChart, drawChart } from "./draw.ts";
import type { DrawAnswer, DrawTask } from "./draw-apart.ts";

async function answerTo({ kind, chart }: DrawTask): Promise<DrawAnswer> {
  try {
    if (kind === "draw") return { svg: await drawChart(chart) };
    await compileChart(chart);
    return { svg: "" };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

process.on("message", (task: DrawTask) => {
  void answerTo(task).then((answer) => process.send?.(answer));
});
