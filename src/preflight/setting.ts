/** One setting against its copies: the line of the preflight table. */
import type { PreflightLine } from "../model/result.ts";
import type { Address, Copy, Reading } from "./copies.ts";

export interface Setting {
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

/** The first copy that has a value counts; one further down that says something else is a warning. */
export function settingLine(setting: Setting, copies: readonly Copy[]): PreflightLine {
  const { key, expected } = setting;
  const readings = copies.flatMap((copy) => {
    const reading = copy.read(setting.address);
    const value = reading === null ? null : setting.normal(reading.value);
    return reading === null || value === null ? [] : [{ ...reading, value }];
  });
  const [first, ...others] = readings;
  if (first === undefined) return unsetLine(setting, copies);
  const { value: actual, source, ageHours } = first;
  const overridden = others.filter(({ value }) => value !== actual).map(inWords);
  const line = { key, expected, actual, source, ageHours };
  if (!setting.matches(actual)) {
    const detail = [setting.otherwise(actual), ...overridden].join("; ");
    return { ...line, status: "fail", detail };
  }
  if (overridden.length === 0) return { ...line, status: "pass", detail: "as expected" };
  const detail = `as expected, but ${overridden.join("; ")}: if the app caches its config, reload it`;
  return { ...line, status: "warn", detail };
}

function inWords({ value, source, ageHours }: Reading): string {
  const age = ageHours === null ? "" : `, ${ageHours.toFixed(1)} h old,`;
  return `${source}${age} says "${value}"`;
}

function unsetLine(setting: Setting, copies: readonly Copy[]): PreflightLine {
  const { key, expected, unset } = setting;
  const line = { key, expected, actual: null, source: null, ageHours: null };
  const unreadable = copies.filter((copy) => copy.unreadable !== null).map((copy) => copy.name);
  if (unreadable.length > 0) {
    return { ...line, status: "error", detail: `not found, and ${unreadable.join(", ")} could not be read` };
  }
  const looked = copies.map((copy) => copy.name).join(", ");
  return {
    ...line,
    status: unset.passes ? "pass" : "fail",
    detail: `set nowhere (${looked}): ${unset.detail}`,
  };
}
