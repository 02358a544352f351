/** SQL cut into coloured pieces for reading, not for parsing: anything unknown stays plain, no character is lost. */

export type TokenKind = "keyword" | "string" | "number" | "comment" | "plain";

export interface SqlToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const keywords = new Set(
  `all and any array as asc asof between by case cast cross date desc distinct else end escape except exclude exists
  false fetch filter first following for from full group grouping having ilike in inner intersect interval into is
  join last lateral left like limit natural not null nulls offset on or order outer over partition pivot positional
  preceding qualify range recursive replace right row rows sample select semi anti sets similar some struct table then
  timestamp to true unbounded union unnest unpivot using values when where window with within`
    .trim()
    .split(/\s+/),
);

/** Comment, string or quoted name (an unclosed one runs to the end), dollar string, number, word, or one other character. */
const pattern =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*(?:'|$)|\$\$[\s\S]*?(?:\$\$|$))|(?<quoted>"(?:[^"]|"")*(?:"|$))|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|\s+|[\s\S]/giu;

export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: { kind: TokenKind; text: string }[] = [];
  for (const match of sql.matchAll(pattern)) {
    const kind = kindOf(match.groups ?? {});
    const last = tokens.at(-1);
    if (last !== undefined && last.kind === kind) last.text += match[0];
    else tokens.push({ kind, text: match[0] });
  }
  return tokens;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind {
  const word = groups["word"];
  if (groups["comment"] !== undefined) return "comment";
  if (groups["string"] !== undefined) return "string";
  if (groups["number"] !== undefined) return "number";
  return word !== undefined && keywords.has(word.toLowerCase()) ? "keyword" : "plain";
}
