/**
 * A rollout.yaml with other thresholds: what a backtest judges by. In: its text, sections of another file, single settings. Out:
 * the text with these in place, for `parseConfig` to check. Gates, sources and the rest stay: they are what happened.
 */
import { parseDocument } from "yaml";
import { GatebookError } from "../model/error.ts";
import { suggestion } from "../model/suggest.ts";
import type { Day } from "../model/words.ts";
import { problemsError, problemsOf } from "./problems.ts";
import { readYaml } from "./read-yaml.ts";
import { workspaceSchema } from "./schema.ts";

/** The keys of a rollout.yaml that decide how it is judged. */
const SECTIONS = ["thresholds", "judge", "min_sample", "persistent_warning_days"] as const;

export interface Adjustment {
  /** Sections that replace the night's own; of each the whole. */
  readonly sections: Readonly<Record<string, unknown>>;
  /** Then single values, by path: ["thresholds", "ctr", "drop", "rollback"] and "4%". */
  readonly settings: readonly ConfigEdit[];
}

export interface ConfigEdit {
  readonly path: readonly string[];
  /** Null: taken out, e.g. a severe line. */
  readonly value: string | number | boolean | null;
}

/** The judging sections of a file, which may be a whole rollout.yaml or contain nothing else. `file` is for messages. */
export function readSections(text: string, file: string): Adjustment["sections"] {
  const source = readYaml(text, file);
  const issues = workspaceSchema.partial().safeParse(source.value).error?.issues ?? [];
  if (issues.length > 0) throw problemsError(problemsOf(issues, source), file);
  const found = Object.entries(source.value).filter(([key]) => SECTIONS.some((section) => section === key));
  if (found.length > 0) return Object.fromEntries(found);
  throw new GatebookError("config", "the file has no key about judging", {
    where: { file },
    hint: `it needs one or more of ${SECTIONS.join(", ")}`,
  });
}

/** "ctr.drop.rollback=4%" → thresholds.ctr.drop.rollback; "judge=literal" unchanged. */
export function readSetting(written: string): ConfigEdit {
  const [, name = "", value = ""] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/.exec(written) ?? [];
  const steps = name.split(".");
  const [first = ""] = steps;
  const isSection = SECTIONS.some((section) => section === first);
  const path = isSection ? steps : ["thresholds", ...steps];
  const usable = value !== "" && steps.every((step) => step !== "");
  // A threshold is a metric's, its side's or its line's: at least METRIC.KEY.
  if (
    usable &&
    (isSection ? path.length > 1 || first === "judge" || first === SECTIONS[3] : steps.length > 1)
  ) {
    return { path, value: plain(value) };
  }
  throw new GatebookError("usage", `--set ${written} is not a setting${suggestion(first, SECTIONS)}`, {
    hint: "e.g. --set ctr.drop.rollback=4% or --set judge=literal or --set min_sample.clicks=50",
  });
}

function plain(value: string): ConfigEdit["value"] {
  if (value === "none") return null;
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** `night` is named where the outcome is not a valid rollout.yaml. */
export function adjustedText(text: string, { sections, settings }: Adjustment, night: Day): string {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(sections)) document.set(key, document.createNode(value));
  for (const { path, value } of settings) {
    try {
      if (value === null) document.deleteIn(path);
      else document.setIn(path, value);
    } catch (cause) {
      const name = path.join(".");
      throw new GatebookError("usage", `${name} is no mapping in the rollout.yaml of ${night}`, { cause });
    }
  }
  return String(document);
}
