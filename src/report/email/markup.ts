/** The few elements and properties that mail programs agree on. Text is escaped and cut here, and nowhere else. */
import { literals, type ThemeToken } from "../charts/theme.ts";
import type { Tone } from "../view/badge.ts";

/** HTML, made here alone. */
export interface Markup {
  readonly html: string;
  toString(): string;
}

interface Style {
  readonly color?: ThemeToken;
  readonly background?: ThemeToken;
  readonly size?: number;
  readonly bold?: boolean;
  readonly padding?: string;
  readonly align?: "left" | "right";
  readonly isHead?: boolean;
}

/** Colour of the words, and behind them. */
export const toneTokens: Readonly<Record<Tone, readonly [ThemeToken, ThemeToken]>> = {
  healthy: ["healthy", "healthy-soft"],
  warning: ["warning", "warning-soft"],
  rollback: ["rollback", "rollback-soft"],
  insufficient: ["nodata", "nodata-soft"],
  "no-data": ["nodata", "nodata-soft"],
  plain: ["muted", "bg"],
};

const textLimit = 600;
const font = "Arial,Helvetica,sans-serif";

function markup(html: string): Markup {
  return { html, toString: () => html };
}

export function text(value: string): Markup {
  const characters = [...value];
  const kept = characters.length > textLimit ? `${characters.slice(0, textLimit - 1).join("")}…` : value;
  return markup(escaped(kept));
}

function escaped(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function lines(parts: readonly Markup[]): Markup {
  return markup(parts.join("\n"));
}

export function paragraph(value: string, style: Style = {}): Markup {
  return markup(`<p style="margin:0 0 8px 0;${styleText(style)}">${text(value)}</p>`);
}

export function heading(value: string): Markup {
  return markup(`<h2 style="margin:8px 0;${styleText({ size: 16, bold: true })}">${text(value)}</h2>`);
}

/** As it stands: nothing is cut in it. */
export function preformatted(value: string): Markup {
  const look = `margin:0 0 8px 0;padding:8px;font-family:Consolas,Courier New,monospace;font-size:13px;white-space:pre-wrap;`;
  const colors = `color:${literals.fg};background-color:${literals.card}`;
  return markup(`<pre style="${look}${colors}">${escaped(value)}</pre>`);
}

export function link(url: string, value: string): Markup {
  const style = styleText({ size: 16, bold: true, color: "accent" });
  return markup(`<p style="margin:8px 0"><a href="${escaped(url)}" style="${style}">${text(value)}</a></p>`);
}

export function cell(content: Markup, style: Style = {}): Markup {
  const { padding = "4px 8px", align = "left", isHead = false, background } = style;
  const tag = isHead ? "th" : "td";
  const behind = background === undefined ? "" : ` bgcolor="${literals[background]}"`;
  const look = `padding:${padding};vertical-align:top;text-align:${align};${styleText(style)}`;
  return markup(
    `<${tag} align="${align}"${isHead ? ' scope="col"' : ""}${behind} style="${look}">${content}</${tag}>`,
  );
}

/** `isData`: with lines between the rows, and read out as a table. */
export function table(rows: readonly (readonly Markup[])[], isData = false): Markup {
  const role = isData ? "" : ' role="presentation"';
  const body = rows.map((cells) => `<tr>\n${cells.join("\n")}\n</tr>`).join("\n");
  const border = isData
    ? ` border="1" bordercolor="${literals.line}" style="border-collapse:collapse"`
    : ' border="0"';
  return markup(`<table${role} width="100%" cellpadding="0" cellspacing="0"${border}>\n${body}\n</table>`);
}

function styleText({ color = "fg", background, size = 14, bold = false }: Style): string {
  const behind = background === undefined ? "" : `background-color:${literals[background]};`;
  const weight = bold ? "bold" : "normal";
  return `${behind}color:${literals[color]};font-family:${font};font-size:${size}px;font-weight:${weight}`;
}
