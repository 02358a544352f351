/** One word with a shape and a tone: what is said in colour is always said in words and shape too. */
import type { CheckStatus, Classification, Reading } from "../../model/words.ts";
import { classText } from "../../text/words.ts";

/** Names of CSS classes; `plain` has no colour. */
export type Tone = "healthy" | "warning" | "rollback" | "insufficient" | "no-data" | "plain";

export interface Badge {
  readonly word: string;
  readonly tone: Tone;
  /** A text glyph of its own shape per tone, so that greyscale and colour-blind readers lose nothing. */
  readonly glyph: string;
}

const glyphs: Readonly<Record<Tone, string>> = {
  healthy: "✓",
  warning: "▲",
  rollback: "✕",
  insufficient: "○",
  "no-data": "–",
  plain: "·",
};

export function badge(word: string, tone: Tone): Badge {
  return { word, tone, glyph: glyphs[tone] };
}

export function classificationBadge(classification: Classification | Reading): Badge {
  const tone = classification === "no_data" ? "no-data" : classification;
  return badge(classText(classification), tone);
}

export function statusBadge(status: CheckStatus): Badge {
  switch (status) {
    case "pass":
      return badge("pass", "healthy");
    case "warn":
      return badge("warn", "warning");
    case "fail":
      return badge("fail", "rollback");
    case "error":
      return badge("error", "rollback");
    case "not_checked":
      return badge("nothing to check", "no-data");
  }
}

/** "1 rollback, 4 healthy": how often each word occurs, in the order given. */
export function wordSummary(words: readonly string[], order: readonly string[]): string {
  const counted = order
    .map((word) => ({ word, many: words.filter((entry) => entry === word).length }))
    .filter(({ many }) => many > 0);
  return counted.map(({ word, many }) => `${many} ${word}`).join(", ") || "none configured";
}
