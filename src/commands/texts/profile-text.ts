/** Where the time of a run went, as lines for the terminal: stage by stage, and of each its slowest statements. */

import type { StageTime, StatementProfile } from "../../model/profile.ts";
import { countText } from "../../text/numbers.ts";

const MOST_STATEMENTS = 5;

/** One line a stage, its statements below it, the plan's slowest steps below the slowest statement of all. */
export function profileLines(stages: readonly StageTime[], width: number): readonly string[] {
  const total = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const slowest = Math.max(
    ...stages.flatMap(({ statements = [] }) => statements.map((one) => one.durationMs)),
  );
  const lines = stages.flatMap(({ name, durationMs, cpuMs, statements = [] }) => [
    `${seconds(durationMs)}  ${percent(durationMs, total)}  ${cpuText(cpuMs ?? null)}${name}`,
    ...statements
      .slice(0, MOST_STATEMENTS)
      .flatMap((statement) => [
        cut(
          `${seconds(statement.durationMs)}        ${cpuText(statement.cpuMs)}${timesText(statement)}${statement.what}`,
          width,
        ),
        ...(statement.durationMs < slowest
          ? []
          : statement.operators.map(({ name: step, detail, durationMs: took, rows }) =>
              cut(
                `${seconds(took)}          ${step.toLowerCase()} ${detail} (${countText(rows)} rows)`,
                width,
              ),
            )),
      ]),
  ]);
  return [`${seconds(total)}  where the time went`, ...lines];
}

function timesText({ times = 1 }: StatementProfile): string {
  return times === 1 ? "" : `${times} × `;
}

function cpuText(cpuMs: number | null): string {
  return cpuMs === null ? "" : `[CPU ${(cpuMs / 1000).toFixed(1)} s] `;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`.padStart(9);
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)}%`.padStart(4);
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
}
