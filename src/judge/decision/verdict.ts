/** What one rule found, and how its sentences are made. */
import type { CheckResult } from "../../model/result.ts";
import { listText } from "../../text/words.ts";
import { explain } from "../checks/causes.ts";

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

function failure({ title, status, detail }: CheckResult): string {
  return sentence(`"${title}" ${status === "error" ? "could not be checked" : "fails"}: ${detail}`);
}
