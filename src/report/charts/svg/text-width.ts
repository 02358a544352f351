/**
 * How wide a text is drawn, without a canvas: the advance widths of Arial, in thousandths of the font size, from the
 * published metrics of its metric-compatible twin Liberation Sans. Vega alone guesses 0.8 x length x size, which is 13
 * to 128% too wide and makes it cut and drop labels.
 */

/** ASCII 32 (space) to 126 (~). */
const ascii = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const beyondAscii: Readonly<Record<string, number>> = {
  "−": 584,
  "–": 556,
  "—": 1000,
  "…": 1000,
  "·": 278,
  "×": 584,
  "→": 1000,
  "≥": 549,
  "≤": 549,
  "±": 549,
  "∞": 713,
  "’": 222,
  "“": 333,
  "”": 333,
  "\u00a0": 278,
  "\u202f": 278,
};

/** Anything else: no letter of the common scripts is wider than 1 em, an emoji is about 1.4. */
const unknownWidth = 1000;
const pictographWidth = 1400;

/** Viewers without Arial draw up to 14% wider, mostly 5–10%. */
export const safetyFactor = 1.1;

/** Bold Arial over regular, at most, over whole words. */
const boldFactor = 1.09;

export type FontWeight = "normal" | "bold";

/** Width in pixels of one line of text as Arial draws it. */
export function textWidth(text: string, size: number, weight: FontWeight = "normal"): number {
  let thousandths = 0;
  // "é" is as wide as "e": take the accents off, they advance nothing.
  for (const character of text.normalize("NFD").replace(/\p{M}/gu, "")) thousandths += advance(character);
  return (thousandths / 1000) * size * (weight === "bold" ? boldFactor : 1);
}

function advance(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return ascii[code - 32] ?? beyondAscii[character] ?? (code > 0xffff ? pictographWidth : unknownWidth);
}

/** The text cut in its middle to fit into `limit` pixels, since ids differ at their ends; the whole text when it fits. */
export function fitText(text: string, size: number, limit: number): string {
  if (textWidth(text, size) <= limit) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 0; kept--) {
    const head = characters
      .slice(0, Math.ceil(kept / 2))
      .join("")
      .trimEnd();
    const tail = characters
      .slice(characters.length - Math.floor(kept / 2))
      .join("")
      .trimStart();
    const cut = `${head}…${tail}`;
    if (textWidth(cut, size) <= limit) return cut;
  }
  return "…";
}

interface Font {
  readonly size: number;
  readonly weight?: FontWeight;
}

/** The text in lines of at most `width` pixels, broken between words; a longer word has a line of its own. */
export function wrapText(text: string, width: number, { size, weight = "normal" }: Font): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size, weight) * safetyFactor <= width)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
