/**
 * View in, badge.svg out: the verdict in a word and a colour, with its gate and day, for a README or a dashboard. One line of plain SVG
 * that needs no style, script or network of the page that shows it; its title says all of it and why.
 */
import { escapeXml } from "../charts/svg/svg-tree.ts";
import { type FontWeight, fitText, textWidth } from "../charts/svg/text-width.ts";
import { fontFamily, literals } from "../charts/theme.ts";
import type { View } from "../view/view.ts";

const height = 20;
const padding = 7;
const size = 11;
const baseline = 14;
/** Of a name: a badge is one among others. */
const longest = 240;

export function badgeSvg({ title, subject, verdict }: View): string {
  const about = part(`${subject.rollout} ${subject.gate}`, "normal");
  // the day as well: a badge that is no longer renewed shows its age
  const word = part(`${verdict.word} ${subject.reportDate}`, "bold");
  const width = about.width + word.width;
  const said = escapeXml(`${title}: ${verdict.reason}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${said}</title>`,
    `<rect width="${width}" height="${height}" rx="3" fill="${literals.fg}"/>`,
    `<path d="M${about.width} 0h${word.width - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-${word.width - 3}z" fill="${literals[`verdict-${verdict.tone}`]}"/>`,
    `<g fill="${literals["verdict-fg"]}" font-family="${fontFamily}" font-size="${size}" aria-hidden="true">`,
    `<text x="${padding}" y="${baseline}" ${fixed(about)}>${escapeXml(about.text)}</text>`,
    `<text x="${about.width + padding}" y="${baseline}" font-weight="bold" ${fixed(word)}>${escapeXml(word.text)}</text>`,
    "</g>",
    "</svg>\n",
  ].join("\n");
}

function part(whole: string, weight: FontWeight) {
  const text = fitText(whole, size, longest);
  return { text, width: Math.ceil(textWidth(text, size, weight)) + 2 * padding };
}

/** As wide as its part, whatever font the viewer has. */
function fixed({ width }: ReturnType<typeof part>): string {
  return `textLength="${width - 2 * padding}" lengthAdjust="spacingAndGlyphs"`;
}
