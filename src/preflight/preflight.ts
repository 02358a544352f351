/** What rollout.yaml expects of the app, against the copies of its settings: one line per setting. The judge reads the lines. */
import type { Config } from "../model/config.ts";
import type { PreflightLine } from "../model/result.ts";
import { type Copy, type PreflightContext, readCopies } from "./copies.ts";
import { type AppSetting, settingLine } from "./setting.ts";
import { numberOf, settingsOf, TOLERANCE } from "./settings.ts";

export function readPreflight(config: Config, context: PreflightContext): readonly PreflightLine[] {
  const { preflight } = config;
  if (preflight === null)
    return [notChecked("rollout.yaml has no preflight section, or one that is not enabled")];
  const copies = readCopies(preflight, config.root, context);
  const settings = settingsOf(config, preflight);
  // gatebook's own environment says nothing about the app unless it sets something of the app's
  const isConfigured =
    preflight.dotenv !== null ||
    preflight.config !== null ||
    settings.some(({ address }) => copies.some((copy) => copy.read(address) !== null));
  if (!isConfigured) {
    const detail =
      "rollout.yaml names neither preflight.dotenv nor preflight.config, and the environment sets nothing";
    return [notChecked(detail)];
  }
  const lines = settings.map((setting) => settingLine(setting, copies));
  const weights = lines.filter(({ key }) => preflight.weights.some(({ name }) => name === key));
  return [...copies.flatMap((copy) => troubleLines(copy, settings)), ...lines, sumLine(weights)];
}

function notChecked(detail: string): PreflightLine {
  return { ...NOWHERE, key: "preflight", expected: "", status: "not_checked", detail };
}

const NOWHERE = { actual: null, source: null, ageHours: null, contradictedBy: [] } as const;

/** A file that cannot be read, and lines of it that cannot. The text of a line is not shown: it may be a password. */
function troubleLines(copy: Copy, settings: readonly AppSetting[]): readonly PreflightLine[] {
  const { name, ageHours, unreadable } = copy;
  if (unreadable !== null) {
    return [{ ...NOWHERE, key: name, expected: "readable", ageHours, status: "error", detail: unreadable }];
  }
  // Keyed by its place: a line under the setting's own name would hide what another copy says of it.
  return copy.problems.map((problem) => ({
    ...NOWHERE,
    key: `${name}:${problem.line}`,
    expected: "NAME=value",
    ageHours,
    status: settings.some(({ address }) => address.env === problem.name) ? "error" : "warn",
    detail: `the line${problem.name === null ? "" : ` of ${problem.name}`} ${problem.message}`,
  }));
}

function sumLine(weights: readonly PreflightLine[]): PreflightLine {
  const line = { ...NOWHERE, key: "sum of weights", expected: "1" };
  if (weights.length === 0)
    return { ...line, status: "not_checked", detail: "rollout.yaml names no preflight.weights" };
  const missing = weights.filter(({ actual }) => actual === null || numberOf(actual) === null);
  if (missing.length > 0) {
    const names = missing.map(({ key }) => key).join(", ");
    return { ...line, status: "error", detail: `there is no sum without ${names}` };
  }
  const sum = weights.reduce((total, { actual }) => total + (numberOf(actual ?? "") ?? 0), 0);
  const actual = String(Number(sum.toPrecision(12)));
  if (Math.abs(sum - 1) <= TOLERANCE) return { ...line, actual, status: "pass", detail: "as expected" };
  return { ...line, actual, status: "fail", detail: `the app's weights sum to ${actual}` };
}
