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

/** "no events" → "No events." */
export function sentence(detail: string): string {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}
