/** View in, the SVG of summary.png out, 1200 × 630, the size of a link's preview: verdict, reason, bullet charts of the guardrails. */

import { escapeXml, parseSvg, writeSvg } from "../charts/svg/svg-tree.ts";
import { type FontWeight, fitText, textWidth, wrapText } from "../charts/svg/text-width.ts";
import { color, type ThemeToken } from "../charts/theme.ts";
import { openTemplates, packageTemplates } from "../templates/templates.ts";
import type { Badge } from "../view/badge.ts";
import type { MetricView } from "../view/metric.ts";
import type { View } from "../view/view.ts";

const width = 1200;
const height = 630;
const margin = 40;
const inner = width - 2 * margin;
const bannerHeight = 130;
const reasonLines = 3;
/** Bullet charts: two columns of four. */
const columns = 2;
const most = 8;
const gridTop = 262;
const rowHeight = 80;
const gap = 40;
const columnWidth = (inner - gap) / columns;

interface TextStyle {
  readonly size: number;
  readonly weight?: FontWeight;
  readonly fill?: ThemeToken;
  readonly anchor?: "start" | "end";
}

export function summaryPicture(view: View): string {
  const body = [
    `<rect width="${width}" height="${height}" fill="${color("bg")}"/>`,
    banner(view),
    reason(view),
    ...grid(view.guardrails),
    foot(view),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body.join("\n")}</svg>`;
}

function banner({ verdict, subject }: View): string {
  const white = { fill: "verdict-fg" } as const;
  return [
    `<rect width="${width}" height="${bannerHeight}" fill="${color(`verdict-${verdict.tone}`)}"/>`,
    line(verdict.word, margin, 64, { ...white, size: 48, weight: "bold" }),
    line(subject.reportDate, width - margin, 64, { ...white, size: 24, anchor: "end" }),
    line(fitText(verdict.headline, 26, inner), margin, 108, { ...white, size: 26 }),
  ].join("");
}

function reason({ verdict }: View): string {
  const lines = wrapText(verdict.reason, inner, { size: 22 });
  const shown = lines.slice(0, reasonLines).map((text) => fitText(text, 22, inner));
  const last = shown.length - 1;
  const texts = shown.map((text, index) =>
    index === last && lines.length > reasonLines ? `${text} …` : text,
  );
  return texts.map((text, index) => line(text, margin, 168 + index * 30, { size: 22 })).join("");
}

function grid(guardrails: readonly MetricView[]): readonly string[] {
  const strips = openTemplates([packageTemplates], "html");
  const draw = (strip: object): string => strips.render("partials/strip", strip);
  return guardrails.slice(0, most).map((metric, index) => {
    const x = margin + (index % columns) * (columnWidth + gap);
    return bullet(metric, { x, y: gridTop + Math.floor(index / columns) * rowHeight }, draw);
  });
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function bullet(metric: MetricView, { x, y }: Corner, draw: (strip: object) => string): string {
  const { title, classification, delta, strip } = metric;
  const said = `${delta} · ${classification.word}`;
  const room = columnWidth - textWidth(said, 18, "bold") - 20;
  const head = [
    line(fitText(title, 18, room), x, y + 16, { size: 18 }),
    line(said, x + columnWidth, y + 16, {
      size: 18,
      weight: "bold",
      fill: toneColor(classification),
      anchor: "end",
    }),
  ];
  return [...head, strip === null ? "" : placed(draw(strip), { x, y: y + 20 })].join("");
}

/** The strip of the page, 360 × 44, as wide as fits. */
function placed(svg: string, { x, y }: Corner): string {
  const root = parseSvg(svg.trim());
  const stripHeight = rowHeight - 26;
  const place = { x, y, width: (stripHeight * 360) / 44, height: stripHeight };
  const attributes = new Map([
    ["viewBox", root.attributes.get("viewBox") ?? "0 0 360 44"],
    ["font-size", root.attributes.get("font-size") ?? "11"],
    ...Object.entries(place).map(([name, value]) => [name, String(value)] as const),
  ]);
  return writeSvg({ ...root, attributes });
}

function foot({ guardrails, guardrailSummary, subject, tool }: View): string {
  const rest = guardrails.length > most ? `, ${guardrails.length - most} more in the report` : "";
  const against = subject.comparison === null ? "" : `, ${subject.comparison}`;
  const text = `Guardrails: ${guardrailSummary}${rest}${against} · ${subject.window}, ${subject.completeDays}`;
  const toolRoom = textWidth(tool, 18) + 20;
  const style = { size: 18, fill: "muted" } as const;
  return [
    line(fitText(text, 18, inner - toolRoom), margin, height - 18, style),
    line(tool, width - margin, height - 18, { ...style, anchor: "end" }),
  ].join("");
}

function toneColor({ tone }: Badge): ThemeToken {
  switch (tone) {
    case "healthy":
    case "warning":
    case "rollback":
      return tone;
    case "insufficient":
    case "no-data":
    case "plain":
      return "muted";
    default:
      return tone satisfies never;
  }
}

function line(text: string, x: number, y: number, style: TextStyle): string {
  const { size, weight = "normal", fill = "fg", anchor = "start" } = style;
  return `<text x="${x}" y="${y}" font-family="Arimo" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${color(fill)}">${escapeXml(text)}</text>`;
}
