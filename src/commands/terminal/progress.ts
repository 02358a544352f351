/** Progress of long work: one line that rewrites itself on a terminal, plain lines elsewhere. */
import type { ProgressStep } from "../../model/context.ts";
import { printable } from "./errors.ts";

interface ProgressTarget {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly write: (text: string) => void;
}

const REWRITE_MS = 80;

export function progressPrinter(target: ProgressTarget): (step: ProgressStep) => void {
  let stage: ProgressStep["stage"] | null = null;
  let stageStarted = 0;
  let lastWrite = 0;
  return (step) => {
    const now = performance.now();
    const isNewStage = step.stage !== stage;
    if (isNewStage) {
      stage = step.stage;
      stageStarted = now;
    }
    const isLast = step.total !== undefined && step.done === step.total;
    if (!target.isTerminal) {
      if (isNewStage) target.write(`${printable(step.text)}\n`);
      return;
    }
    if (!isNewStage && !isLast && now - lastWrite < REWRITE_MS) return;
    lastWrite = now;
    const line = `${printable(step.text)}${shareOf(step, now - stageStarted)}`.slice(0, target.columns - 1);
    target.write(`\r\u001b[2K${line}${isLast ? "\r\u001b[2K" : ""}`);
  };
}

/** " 40% · about 12 s left", once there is something to count with. */
function shareOf(step: ProgressStep, elapsedMs: number): string {
  if (step.done === undefined || step.total === undefined || step.total === 0) return "";
  const share = step.done / step.total;
  const left =
    share > 0.02 && elapsedMs > 1000
      ? ` · about ${Math.ceil((elapsedMs * (1 - share)) / share / 1000)} s left`
      : "";
  return ` ${Math.floor(share * 100)}%${left}`;
}
