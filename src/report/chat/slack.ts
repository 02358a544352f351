/** What Slack takes in one message, and text cut to it. https://docs.slack.dev/reference/block-kit/blocks */

export const slackLimits = {
  blocks: 50,
  header: 150,
  text: 3000,
  /** The text beside the blocks, for notifications. */
  fallback: 4000,
  contextElements: 10,
  url: 3000,
} as const;

interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
  readonly emoji: false;
}

/** Literal text: Slack reads no mention, link or emphasis in it. */
export function plainText(text: string, limit: number = slackLimits.text): PlainText {
  return { type: "plain_text", text: cut(text === "" ? " " : text, limit), emoji: false };
}

export type Block =
  | { readonly type: "header"; readonly text: PlainText }
  | { readonly type: "section"; readonly text: PlainText }
  | { readonly type: "context"; readonly elements: readonly PlainText[] }
  | { readonly type: "divider" }
  | { readonly type: "rich_text"; readonly elements: readonly Preformatted[] }
  | { readonly type: "actions"; readonly elements: readonly LinkButton[] };

interface Preformatted {
  readonly type: "rich_text_preformatted";
  readonly elements: readonly [{ readonly type: "text"; readonly text: string }];
}

interface LinkButton {
  readonly type: "button";
  readonly text: PlainText;
  readonly url: string;
  readonly action_id: string;
}

/** A block to copy from, as it stands: nothing is escaped in it, and no quote is curled. */
export function codeBlock(text: string): Block {
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }],
  };
}

/** Never between the halves of a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "");
  return `${kept.trimEnd()}…`;
}

/** Lines packed into texts of at most `limit` characters; null where a line alone is longer. */
export function packed(lines: readonly string[], limit: number = slackLimits.text): readonly string[] | null {
  if (lines.some((line) => line.length > limit)) return null;
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= limit)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts;
}
