/** A line to change by hand. */
import type { SettingEdit } from "../model/result.ts";

/** "DISCOVERY_ROLLOUT_ENABLED=false (exports/app.env:2, was true)" */
export function editText(edit: SettingEdit): string {
  const where = whereText(edit);
  return where === null ? edit.line : `${edit.line} (${where})`;
}

/** "exports/app.env:2, was true"; null: neither is known. */
export function whereText({ place, was }: SettingEdit): string | null {
  const before = was === null ? null : `was ${was === "" ? "empty" : was}`;
  const parts = [place, before].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(", ");
}
