/** What one rule has to say. */
export interface Verdict {
  readonly matched: boolean;
  /** For the trace: what was looked at. */
  readonly because: string;
  /** For the reader, when this rule decides; most important first. */
  readonly reasons: readonly string[];
}

export function no(because: string): Verdict {
  return { matched: false, because, reasons: [] };
}

export function yes(reasons: readonly string[]): Verdict {
  return { matched: true, because: reasons.join(" "), reasons };
}

/** "no events" → "no events." */
export function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
