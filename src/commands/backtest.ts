import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { GatebookError } from "../model/error.ts";
import type { Backtest, BacktestNight } from "../runs/replay/backtest.ts";
import { plural } from "../text/words.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { dayOption, shared } from "./terminal/options.ts";
import { formatTable, left } from "./terminal/table.ts";
import { readConfig, withWarehouse, workspacePaths } from "./terminal/workspace.ts";

export const backtestCommand = defineCommand({
  options: {
    ...shared("config"),
    thresholds: {
      type: "string",
      describe:
        "YAML file with thresholds, judge, min_sample or persistent_warning_days, e.g. another rollout.yaml (default, without --set: today's)",
    },
    set: {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "One setting, e.g. ctr.drop.rollback=4%, ctr.drop.severe=none or judge=literal",
    },
    from: dayOption("First report date to judge again"),
    to: dayOption("Last report date to judge again"),
    independent: {
      type: "boolean",
      default: false,
      describe: "Judge each night with the ledger it had: a flipped rollback does not latch later nights",
    },
    ...shared("json"),
  },
  examples: [
    ["gatebook backtest", "the kept nights with today's rollout.yaml"],
    ["gatebook backtest --set judge=literal --independent", "what the bare thresholds would have decided"],
    [
      "gatebook backtest --set ctr.drop.rollback=4% ctr.drop.warning=2%",
      "stricter thresholds of one guardrail",
    ],
  ],
  run: async (options, context) => {
    const [{ readSections, readSetting }, { backtest }] = await Promise.all([
      import("../config/adjust.ts"),
      import("../runs/replay/backtest.ts"),
    ]);
    const { from = null, to = null, independent, json } = options;
    const { root, rollout } = await readConfig(options, context);
    const settings = options.set.map(readSetting);
    const given = options.thresholds === undefined ? null : resolve(context.cwd, options.thresholds);
    const source = given ?? (settings.length === 0 ? workspacePaths(options, context).file : null);
    const sections = source === null ? {} : readSections(textOf(source), source);
    const request = {
      rollout: rollout.name,
      root,
      adjustment: { sections, settings },
      from,
      to,
      independent,
    };
    const tested = await withWarehouse(root, (engine) => backtest(engine, request));
    answer(context, json, tested, (columns) => backtestText(tested, columns));
    return 0;
  },
});

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new GatebookError("config", "this file does not exist or cannot be read", {
      where: { file },
      hint: "--thresholds names a YAML file with a thresholds section",
      cause,
    });
  }
}

function backtestText({ nights, flips }: Backtest, columns: number): string {
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
  const summary = `${flips} of ${plural(nights.length, "verdict")} ${flips === 1 ? "flips" : "flip"}${why.length === 0 ? "" : ":"}`;
  return [
    formatTable(left("night", "gate", "then", "now", "", "rule now"), rows, { columns }),
    "",
    summary,
    ...why,
    ...(strange === 0
      ? []
      : [
          `* with its own thresholds, this gatebook judges ${plural(strange, "night")} differently than then`,
        ]),
  ].join("\n");
}

function nightName({ date, phase, asOf }: BacktestNight): string {
  return phase === "daily" ? date : `${date} first 24 h as of ${asOf}`;
}
