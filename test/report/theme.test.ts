import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageTemplates } from "../../src/report/templates/templates.ts";

type Colour = readonly [number, number, number];
type Tokens = ReadonlyMap<string, string>;

const theme = readFileSync(join(packageTemplates, "theme.css"), "utf8");
const [light = new Map(), dark = new Map(), print = new Map()] = blocks(theme);
const readme = readFileSync(join(packageTemplates, "README.md"), "utf8");
const example = blocks(/```css\n([\s\S]*?)```/.exec(readme)?.[1] ?? "");
const modes = {
  light,
  dark,
  print,
  ...Object.fromEntries(
    [light, dark, print].map((tokens, index) => [
      `example's ${["light", "dark", "print"][index]}`,
      new Map([...tokens, ...(example[index] ?? [])]),
    ]),
  ),
};

/** The tokens of each :root, in order: light, dark, print. */
function blocks(css: string): readonly Tokens[] {
  return [...css.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, body]) =>
      new Map(
        [...(body ?? "").matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [
          name ?? "",
          value ?? "",
        ]),
      ),
  );
}

function channels(hex: string): Colour {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

/** Relative luminance and contrast: WCAG 2.2, "contrast ratio". */
function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  ) as unknown as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function pairs(tokens: Tokens, fronts: readonly string[], backs: readonly string[]): readonly string[] {
  const colour = (name: string) => tokens.get(name) ?? "#000000";
  return fronts.flatMap((front) =>
    backs.filter((back) => contrast(colour(front), colour(back)) < 4.5).map((back) => `${front} on ${back}`),
  );
}

describe.each(Object.entries(modes))("the %s theme", (_, tokens) => {
  it("defines every token", () => {
    expect([...tokens.keys()]).toEqual([...light.keys()]);
  });

  it("is readable: a contrast of at least 4.5 for every text", () => {
    const texts = ["fg", "muted", "accent", "candidate", "healthy", "warning", "rollback", "nodata"];
    const verdicts = [...tokens.keys()].filter((name) => /^verdict-(?!fg)/.test(name));
    const soft = [...tokens.keys()].filter((name) => name.endsWith("-soft"));
    const sql = [...tokens.keys()].filter((name) => name.startsWith("sql-"));
    expect(pairs(tokens, texts, ["bg", "card"])).toEqual([]);
    expect(pairs(tokens, ["fg"], soft)).toEqual([]);
    expect(pairs(tokens, ["verdict-fg"], verdicts)).toEqual([]);
    expect(pairs(tokens, sql, ["card"])).toEqual([]);
  });

  it("has categories that are seen, a contrast of at least 3, and none of a variant's or a verdict's colour", () => {
    const of = (name: string) => tokens.get(name) ?? "#000000";
    const series = [...tokens.keys()].filter((name) => name.startsWith("series-"));
    expect(series).toHaveLength(6);
    for (const back of ["bg", "card"])
      expect(series.filter((name) => contrast(of(name), of(back)) < 3)).toEqual([]);
    const taken = ["baseline", "candidate", "accent", "warning", "rollback", "healthy"].map(of);
    expect(series.filter((name) => taken.includes(of(name)))).toEqual([]);
  });

  it("draws what carries meaning alone with a contrast of at least 3: lines, dots, intervals", () => {
    const of = (name: string) => tokens.get(name) ?? "#000000";
    const backs = ["bg", "warning-soft", "rollback-soft", "nodata-soft"];
    const marks = ["warning", "rollback", "candidate", "fg"];
    const faint = marks.flatMap((mark) =>
      backs.filter((back) => contrast(of(mark), of(back)) < 3).map((back) => `${mark} on ${back}`),
    );
    expect(faint).toEqual([]);
  });

  it("keeps baseline and candidate, warning and rollback apart in greyscale", () => {
    const of = (name: string) => tokens.get(name) ?? "#000000";
    expect(contrast(of("baseline"), of("candidate"))).toBeGreaterThan(1.5);
    expect(contrast(of("warning-soft"), of("rollback-soft"))).toBeGreaterThan(1.1);
  });
});

it("the README's example changes the same tokens in all three", () => {
  expect(example.map((tokens) => [...tokens.keys()])).toEqual(
    Array.from({ length: 3 }, () => ["accent", "candidate", "accent-soft"]),
  );
});

describe("styles and templates", () => {
  const folder = (path: string) =>
    readdirSync(join(packageTemplates, path)).map((name) => join(packageTemplates, path, name));
  const files = [...folder("html"), ...folder("html/partials")].filter((file) => /\.(css|hbs)$/.test(file));
  const texts = files.map((file) => readFileSync(file, "utf8"));

  it("use tokens that the theme has", () => {
    const used = new Set(
      texts.flatMap((text) => [...text.matchAll(/var\(--([a-z-]+)/g)].map((match) => match[1] ?? "")),
    );
    expect([...used].filter((name) => !light.has(name))).toEqual([]);
  });

  it("have no colour of their own but the light value beside a token, for viewers that drop styles", () => {
    const literal = /(?:var\(--([a-z-]+), )?(#(?:[0-9a-f]{6}|[0-9a-f]{3}))\b/g;
    const strange = texts.flatMap((text) =>
      [...text.matchAll(literal)].filter(([, token, hex]) => token === undefined || light.get(token) !== hex),
    );
    expect(strange.map(([all]) => all)).toEqual([]);
  });
});
