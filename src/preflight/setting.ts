/** One setting against its copies: the line of the preflight table. */
import type { PreflightLine } from "../model/result.ts";
import type { Address, Copy, CopyReading } from "./copies.ts";

export interface AppSetting {
  readonly key: string;
  readonly address: Address;
  readonly expected: string;
  /** A value as it is shown and compared, e.g. "(TRUE)" → "true"; null when it counts as not set. */
  readonly normal: (value: string | null) => string | null;
  readonly matches: (actual: string) => boolean;
  /** What it means that the value is another one. */
  readonly otherwise: (actual: string) => string;
  readonly unset: { readonly passes: boolean; readonly detail: string };
}

/**
 * The first copy that has a value counts, as in the app. Another that says something else fails all the same: with a cached
 * config the app reads no dotenv file, and nobody can say from here which of the two it runs by.
 */
export function settingLine(setting: AppSetting, copies: readonly Copy[]): PreflightLine {
  const { key, expected } = setting;
  const read = copies.flatMap((copy) => {
    const reading = copy.read(setting.address);
    const value = reading === null ? null : setting.normal(reading.value);
    return reading === null || value === null ? [] : [{ ...reading, value, copy }];
  });
  const [first, ...others] = read;
  if (first === undefined) return unsetLine(setting, copies);
  const { value: actual, source, ageHours } = first;
  const contrary = others.filter(({ value }) => value !== actual);
  const otherwise = setting.matches(actual) ? [] : [setting.otherwise(actual)];
  const disagreement = contrary.length === 0 ? [] : [disagreementText([first, ...contrary])];
  const faults = [...otherwise, ...disagreement];
  return {
    ...{ key, expected, actual, source, ageHours },
    status: faults.length > 0 ? "fail" : "pass",
    detail: faults.length > 0 ? faults.join("; ") : "as expected",
    contradictedBy: contrary.map(({ value, source, ageHours }) => ({ actual: value, source, ageHours })),
  };
}

interface CopiedSetting extends CopyReading {
  readonly copy: Copy;
}

/** Both with place and age, and the one to make again: the oldest file, for it may lag behind the app. */
function disagreementText(readings: readonly CopiedSetting[]): string {
  const files = readings.filter(({ ageHours }) => ageHours !== null);
  const [oldest] = files.toSorted((a, b) => (b.ageHours ?? 0) - (a.ageHours ?? 0));
  const remake =
    oldest === undefined
      ? ""
      : `: ${oldest.copy.name} is ${files.length > 1 ? "the older file" : "a copy"}, ${oldest.copy.remake}`;
  const cached = readings.some(({ copy }) => copy.isDump)
    ? "; an app with a cached config reads no dotenv file, so reload its config first"
    : "";
  return `the copies disagree (${readings.map(inWords).join("; ")})${remake}${cached}`;
}

function inWords({ value, source, ageHours }: CopiedSetting): string {
  const age = ageHours === null ? "" : `, ${ageHours.toFixed(1)} h old,`;
  return `${source}${age} says "${value}"`;
}

function unsetLine(setting: AppSetting, copies: readonly Copy[]): PreflightLine {
  const { key, expected, unset } = setting;
  const line = { key, expected, actual: null, source: null, ageHours: null, contradictedBy: [] };
  const unreadable = copies.filter((copy) => copy.unreadable !== null).map((copy) => copy.name);
  if (unreadable.length > 0) {
    return { ...line, status: "error", detail: `not found, and ${unreadable.join(", ")} could not be read` };
  }
  const detail = `set nowhere (${copies.map((copy) => copy.name).join(", ")}): ${unset.detail}`;
  return { ...line, status: unset.passes ? "pass" : "fail", detail };
}
