/** What the runbook has confirmed: each setting, the value expected of it, and what another means. */
import type { Config, PreflightConfig, PreflightSetting, PreflightWeight } from "../model/config.ts";
import type { AppSetting } from "./setting.ts";

/** Weights are decimal fractions of few digits: anything further apart is another weight. */
export const TOLERANCE = 1e-9;

const CANNOT_CONFIRM = { passes: false, detail: "it cannot be confirmed" };

export function settingsOf(config: Config, preflight: PreflightConfig): readonly AppSetting[] {
  const { baseline, candidate } = config.rollout;
  const gate = config.activeGate.name;
  const at = (key: PreflightSetting) => ({
    key,
    address: { env: key, configPath: preflight.configPaths[key] },
  });
  return [
    {
      ...at("DISCOVERY_ROLLOUT_ENABLED"),
      ...switchTo("true", "the rollout is switched off"),
      unset: { passes: false, detail: "unset is not off, but it cannot be confirmed as on" },
    },
    {
      ...at("DISCOVERY_ROLLOUT_BASELINE_ALGO_VERSION"),
      ...text(baseline, (actual) => `the app's baseline is "${actual}"`),
    },
    {
      ...at("DISCOVERY_ROLLOUT_CANDIDATE_ALGO_VERSION"),
      ...text(candidate, (actual) => `the app's candidate is "${actual}"`),
    },
    {
      ...at("DISCOVERY_ROLLOUT_ACTIVE_GATE"),
      ...text(gate, (actual) => `the gate is "${actual}" in the app and "${gate}" in rollout.yaml`),
    },
    { ...at("DISCOVERY_FORCE_ALGO_VERSION"), ...notForced(config) },
    { ...at("DISCOVERY_EVAL_SAVE_RATE_INFORMATIONAL"), ...saveRate(config) },
    ...preflight.weights.map(weightSetting),
  ];
}

type Expectation = Omit<AppSetting, "key" | "address">;

function text(expected: string, otherwise: (actual: string) => string): Expectation {
  return {
    expected,
    normal: (value) => value,
    matches: (actual) => actual === expected,
    otherwise: (actual) => (actual === "" ? "it is empty" : otherwise(actual)),
    unset: CANNOT_CONFIRM,
  };
}

const SWITCH_WORDS = new Map([
  ...["1", "on", "yes"].map((word) => [word, "true"] as const),
  ...["0", "off", "no"].map((word) => [word, "false"] as const),
]);

function switchTo(expected: "true" | "false", meaning: string): Expectation {
  return {
    ...text(expected, (actual) =>
      actual === "true" || actual === "false" ? meaning : "it is neither true nor false",
    ),
    normal: (value) => (value === null ? null : (SWITCH_WORDS.get(value.toLowerCase()) ?? value)),
  };
}

/** Empty, so that the gate decides who gets what. At 100% it must be there to be filled in: it is the way back. */
function notForced({ activeGate, rollout }: Config): Expectation {
  const kept = `at ${activeGate.name} the way back must stay available: keep the line DISCOVERY_FORCE_ALGO_VERSION=`;
  return {
    ...text(
      "",
      (actual) => `everybody gets ${actual === rollout.baseline ? "the baseline " : ""}"${actual}"`,
    ),
    // A name without a value is there, and forces nothing.
    normal: (value) => value ?? "",
    unset:
      activeGate.exposure < 1
        ? { passes: true, detail: "nothing is forced" }
        : { passes: false, detail: kept },
  };
}

function saveRate({ thresholds }: Config): Expectation {
  return thresholds.get("save_rate")?.role === "guardrail"
    ? switchTo("false", "save_rate is informational in the app and a guardrail in rollout.yaml")
    : switchTo("true", "save_rate is a guardrail in the app and informational in rollout.yaml");
}

function weightSetting({ name, value, configPath, env }: PreflightWeight): AppSetting {
  return {
    key: name,
    address: { env, configPath },
    expected: String(value),
    normal: (written) => (written === null ? null : String(numberOf(written) ?? written)),
    matches: (actual) => Math.abs((numberOf(actual) ?? Number.NaN) - value) <= TOLERANCE,
    otherwise: (actual) => {
      const number = numberOf(actual);
      if (number === null) return "it is not a number";
      return `it differs by ${Number((number - value).toPrecision(9))}`;
    },
    unset: { passes: false, detail: `neither ${env} nor ${configPath}` },
  };
}

/** Number("") is 0 and Number("0x1") is 1: a weight is written in decimals. */
export function numberOf(written: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : null;
}
