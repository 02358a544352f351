/** Every command, in the order in which `--help` shows them. */
import { aggregateCommand } from "./aggregate.ts";
import type { Command } from "./command.ts";
import { compareCommand } from "./compare.ts";
import { evaluateCommand } from "./evaluate.ts";
import { initCommand } from "./init.ts";
import { queryCommand } from "./query.ts";
import { renderCommand } from "./render.ts";
import { runCommand } from "./run.ts";
import { sampleCommand } from "./sample.ts";

export const commands: readonly Command[] = [
  initCommand,
  sampleCommand,
  runCommand,
  aggregateCommand,
  evaluateCommand,
  compareCommand,
  queryCommand,
  renderCommand,
];
