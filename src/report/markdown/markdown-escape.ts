/**
 * Text made harmless inside Markdown as GitHub and GitLab read it: no HTML, no links, no emphasis, no broken tables, no
 * people or tickets called by accident.
 */

/** Always one line: a table row or a heading must not end early. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

/** Ordinary text: `a|b` → `a\|b`, `<b>` → `&lt;b&gt;`; save_rate keeps its underscore, which means nothing inside a word. */
export function md(value: unknown): string {
  return oneLine(String(value))
    .replace(/[\\`*[\]|~$]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/^[#+=-](?=[#+=\s-]|$)/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
    .replace(/(https?|ftp)(:\/\/)/gi, "$1<!-- -->$2")
    .replace(/\bwww\./gi, "www<!-- -->.")
    .replace(/([@#!])(?=[\p{L}\p{N}])/gu, "$1<!-- -->");
}

/** A code span in a table: GFM reads `\|` there as a pipe, and only there. */
export function codeCell(value: unknown): string {
  return code(value).replace(/\|/g, "\\|");
}

/** A code span: one more backtick than any run inside. */
export function code(value: unknown): string {
  const text = oneLine(String(value));
  if (text === "") return "";
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A fenced block that its content cannot close. */
export function fence(value: unknown, language: unknown): string {
  const text = String(value).replace(/\n+$/, "");
  const mark = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${mark}${typeof language === "string" ? language : ""}\n${text}\n${mark}`;
}

/** Text inside a raw HTML tag such as summary, where Markdown is not read. */
export function html(value: unknown): string {
  return oneLine(String(value))
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/([@#!])(?=[\p{L}\p{N}])/gu, "$1<!-- -->");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}
