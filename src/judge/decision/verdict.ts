/** What one rule found, and how its sentences are made. */
import type { CheckResult } from "../../model/result.ts";
import { listText } from "../../text/words.ts";
import { explain, kindOf } from "../checks/causes.ts";

export interface RuleOutcome {
  readonly matched: boolean;
  /** For the trace: what was looked at. */
  readonly because: string;
  /** For the reader, when this rule decides; most important first. */
  readonly reasons: readonly string[];
}

export function no(because: string): RuleOutcome {
  return { matched: false, because, reasons: [] };
}

export function yes(reasons: readonly string[]): RuleOutcome {
  return { matched: true, because: reasons.join(" "), reasons };
}

/** "no events" → "no events."; an engine's "… not found in FROM clause!" → "… not found in FROM clause." */
export function sentence(text: string): string {
  return text.endsWith("?") ? text : `${text.replace(/[.!]+$/, "")}.`;
}

/** Checks that fail and what follows from them, one sentence each: causes first, consequences in one. */
export function failures(checks: readonly CheckResult[]): readonly string[] {
  const { causes, consequences, others } = explain(checks);
  const titles = consequences.map(({ title }) => `"${title}"`);
  const verb = titles.length === 1 ? "fails" : "fail";
  const follows = titles.length === 0 ? [] : [`As a consequence ${listText(titles)} ${verb} as well.`];
  return [...causes.map(failure), ...follows, ...others.map(failure)];
}

function failure(check: CheckResult): string {
  const { title, status, detail } = check;
  // "A person must judge 6 Feb (−16.9%)" is the whole of it.
  if (kindOf(check) === "judgement") return sentence(`${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}`);
  return sentence(`"${title}" ${status === "error" ? "could not be checked" : "fails"}: ${detail}`);
}
