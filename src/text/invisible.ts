/** Controls but tab and newline, lone surrogates, zero-width and direction marks ("Trojan source"). */
export const invisible =
  /(?![\t\n])[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** U+202E → "\\u202e", as JSON writes it. */
export function spelledOut(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
