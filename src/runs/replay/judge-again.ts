/**
 * A recorded night as the judge's input, of which thresholds, ledger or measurement may be replaced. What no query can make again
 * (preflight as it was read that night, the loader's own findings) is taken from the record.
 */
import { parseConfig } from "../../config/config.ts";
import type { JudgeInput, JudgeWindow } from "../../judge/input.ts";
import { judge } from "../../judge/judge.ts";
import type { Config } from "../../model/config.ts";
import type { CheckResult, Result } from "../../model/result.ts";

/** rollout.yaml as it was that night, or `text` in its place; `root` is its workspace. */
export function recordedConfig(
  { provenance }: Result,
  root: string,
  text: string = provenance.configText,
): Config {
  const stagingFiles = Object.entries(provenance.queries).flatMap(([path, { kind }]) =>
    kind === "source" ? [path.replace(/^.*\//, "").replace(/\.sql$/, "")] : [],
  );
  return parseConfig(text, { file: "rollout.yaml", root, stagingFiles });
}

export function recordedWindow({ window }: Result): JudgeWindow {
  const { from, to, shownFrom, reportDate, asOf, openedAt, opensOn, plannedNights, preFrom, preTo } = window;
  const days = { from, to, shownFrom, reportDate, asOf, opensOn, plannedNights, preFrom, preTo };
  return openedAt === undefined ? days : { ...days, openedAt };
}

export function judgeInputOf(recorded: Result, config: Config): JudgeInput {
  const bare: JudgeInput = {
    ...recorded.measurement,
    config,
    phase: recorded.phase,
    window: recordedWindow(recorded),
    builtInChecks: [],
    preflight: recorded.preflight,
    ledger: recorded.ledger,
    comparison: recorded.rollout.comparison,
  };
  return { ...bare, builtInChecks: foreignChecks(recorded, bare) };
}

/** Checks that neither a file nor the judge made: the loader's. Those the judge makes, it makes again. */
function foreignChecks(recorded: Result, bare: JudgeInput): readonly CheckResult[] {
  const own = new Set(judge(bare).checks.map(({ name }) => name));
  return recorded.checks.filter(({ name, path }) => path === null && !own.has(name));
}
