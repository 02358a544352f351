/**
 * Themes in, one style text out: the package's tokens first, a workspace's after them, so that its own theme has only what it
 * changes. What it sets for light applies in the dark and on paper too, unless it is set there.
 */
import { readFileSync } from "node:fs";
import { suggestion } from "../../model/suggest.ts";
import { findTemplate, readTemplate } from "./templates.ts";

const file = "theme.css";

/** The themes, the page's own style, and more; a style element ends at the first `</style`, even inside a comment. */
export function pageStyle(roots: readonly string[], own: string, ...more: readonly string[]): string {
  const themeTexts = themes(roots).map((path) => readFileSync(path, "utf8"));
  return [...themeTexts, readTemplate(roots, own), ...more].join("\n").replace(/<\/(?=style)/gi, "<\\/");
}

/** Every theme.css under the roots, the package's first. */
function themes(roots: readonly string[]): readonly string[] {
  const found = [...new Set(roots)].flatMap((root) => findTemplate([root], file) ?? []);
  return found.toReversed();
}

export interface ThemeFinding {
  /** Absolute path, and the place of the token; both start at 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Tokens of a workspace's theme that match none of the package's: a misspelt one would change nothing. */
export function checkTheme(roots: readonly string[]): readonly ThemeFinding[] {
  const [shipped, ...own] = themes(roots);
  if (shipped === undefined) return [];
  const known = tokensOf(readFileSync(shipped, "utf8")).map(({ name }) => name);
  return own.flatMap((path) =>
    tokensOf(readFileSync(path, "utf8"))
      .filter(({ name }) => !known.includes(name))
      .map(({ name, line, column }) => {
        return { file: path, line, column, message: `there is no token "${name}"${suggestion(name, known)}` };
      }),
  );
}

interface CssToken {
  /** "--accent" */
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** What is declared, not what is used: `--name:` at the head of a declaration; comments are blanked out in place. */
function tokensOf(css: string): readonly CssToken[] {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
  return [...bare.matchAll(/(?<=[{;\s])--[\w-]+(?=\s*:)/g)].map(({ 0: name, index }) => {
    const before = bare.slice(0, index).split("\n");
    return { name, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  });
}
