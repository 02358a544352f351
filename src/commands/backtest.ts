import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { GatebookError } from "../model/error.ts";
import type { Backtest, BacktestNight } from "../runs/replay/backtest.ts";
import { plural } from "../text/words.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";
import { parseDay } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const backtestCommand = defineCommand({
  usage: "backtest",
  describe: "Judge the ledger's nights again under other thresholds, and list the verdicts that flip",
  options: {
    ...workspaceOptions,
    thresholds: {
      type: "string",
      describe:
        "YAML with thresholds, judge, min_sample or persistent_warning_days, e.g. another rollout.yaml (default, without --set: today's)",
    },
    set: {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "One setting, e.g. ctr.drop.rollback=4%, ctr.drop.severe=none or judge=literal",
    },
    from: { type: "string", describe: "First report date to judge again" },
    to: { type: "string", describe: "Last report date to judge again" },
    independent: {
      type: "boolean",
      default: false,
      describe: "Each night with the ledger it had: a flipped rollback does not latch the nights after it",
    },
    json: { type: "boolean", default: false, describe: "JSON instead of a table" },
  },
  examples: [
    ["gatebook backtest", "the kept nights under today's rollout.yaml"],
    ["gatebook backtest --set judge=literal --independent", "what the bare thresholds would have said"],
    ["gatebook backtest --set ctr.drop.rollback=4% ctr.drop.warning=2%", "tighter lines for one guardrail"],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { readSections, readSetting }, { openWarehouse }, { backtest }] =
      await Promise.all([
        import("../config/load-config.ts"),
        import("../config/adjust.ts"),
        import("../warehouse/store.ts"),
        import("../runs/replay/backtest.ts"),
      ]);
    const { file } = workspacePaths(options.config, undefined, context);
    const config = loadConfig(file);
    const settings = options.set.map(readSetting);
    const other = options.thresholds === undefined ? null : resolve(context.cwd, options.thresholds);
    const source = other ?? (settings.length === 0 ? file : null);
    const sections = source === null ? {} : readSections(textOf(source), source);
    const { from, to, independent, json } = options;
    const engine = await openWarehouse(config.root);
    try {
      const tested = await backtest(engine, {
        rollout: config.rollout.name,
        root: config.root,
        adjustment: { sections, settings },
        from: from === undefined ? null : parseDay(from, "from"),
        to: to === undefined ? null : parseDay(to, "to"),
        independent,
      });
      context.terminal.print(
        json ? JSON.stringify(tested, null, 2) : backtestText(tested, context.terminal.columns),
      );
      return 0;
    } finally {
      engine.close();
    }
  },
});

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new GatebookError("config", "there is no such file, or it cannot be read", {
      where: { file },
      hint: "--thresholds names a YAML file with a thresholds section",
      cause,
    });
  }
}

function backtestText({ nights, flips }: Backtest, columns: number): string {
  const text = (name: string) => ({ name, type: "VARCHAR" });
  const head = ["night", "gate", "then", "now", "", "rule now"].map(text);
  const rows = nights.map((night) => [
    nightName(night),
    night.gate,
    `${night.before.action} (${night.before.rule})${night.reproduces ? "" : " *"}`,
    night.now.action,
    night.flips ? "FLIPS" : "",
    night.now.rule,
  ]);
  const why = nights.filter((night) => night.flips).map((night) => `  ${nightName(night)}: ${night.because}`);
  const strange = nights.filter((night) => !night.reproduces).length;
  const remark =
    strange === 0
      ? []
      : [
          `* under its own thresholds this gatebook judges ${plural(strange, "night")} differently than it was judged then`,
        ];
  const summary = `${flips} of ${plural(nights.length, "verdict")} ${flips === 1 ? "flips" : "flip"}${why.length === 0 ? "" : ":"}`;
  return [formatTable(head, rows, { columns }), "", summary, ...why, ...remark].join("\n");
}

function nightName({ date, phase, asOf }: BacktestNight): string {
  return phase === "daily" ? date : `${date} first 24 h as of ${asOf}`;
}
