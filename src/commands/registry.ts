/** Every command, in the order in which `--help` shows them. */
import { aggregateCommand } from "./aggregate.ts";
import { backtestCommand } from "./backtest.ts";
import { calibrateCommand } from "./calibrate.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { diffCommand } from "./diff.ts";
import { evaluateCommand } from "./evaluate.ts";
import { historyCommand } from "./history.ts";
import { initCommand } from "./init.ts";
import { newCommand } from "./new.ts";
import { preflightCommand } from "./preflight.ts";
import { pruneCommand } from "./prune.ts";
import { queryCommand } from "./query.ts";
import { recordCommand } from "./record.ts";
import { renderCommand } from "./render.ts";
import { replayCommand } from "./replay.ts";
import { restoreCommand } from "./restore.ts";
import { runCommand } from "./run.ts";
import { sampleCommand } from "./sample.ts";
import { schemaCommand } from "./schema.ts";
import { showCommand } from "./show.ts";
import type { Command } from "./terminal/command.ts";
import { verifyRollbackCommand } from "./verify-rollback.ts";
import { watchCommand } from "./watch.ts";

export const commands: readonly Command[] = [
  initCommand,
  sampleCommand,
  runCommand,
  aggregateCommand,
  evaluateCommand,
  compareCommand,
  newCommand,
  checkCommand,
  queryCommand,
  watchCommand,
  renderCommand,
  diffCommand,
  replayCommand,
  backtestCommand,
  calibrateCommand,
  preflightCommand,
  recordCommand,
  verifyRollbackCommand,
  showCommand,
  historyCommand,
  restoreCommand,
  pruneCommand,
  schemaCommand,
];
