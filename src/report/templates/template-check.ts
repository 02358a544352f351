/**
 * Checks templates against what they will be given, without rendering: each path of each expression is looked up in an
 * example that has every place filled. Handlebars itself misses a misspelt path inside {{#if}} and {{#each}}.
 */
import Handlebars from "handlebars";
import { messageOf } from "../../model/error.ts";
import { markdownHelpers } from "../markdown/markdown.ts";
import { exampleHtmlPage, exampleIndexPage, exampleMarkdownPage } from "./template-examples.ts";
import { type Contexts, walkProgram } from "./template-walk.ts";
import { findTemplate, partialNames, readTemplate, type TemplateFamily } from "./templates.ts";
import { checkTheme } from "./theme-css.ts";

export interface TemplateFinding {
  /** Absolute path of the template, and the place of the expression; both start at 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Findings over the templates and themes of all roots. */
export function checkTemplates(roots: readonly string[]): readonly TemplateFinding[] {
  const found = [
    ...checkTheme(roots),
    ...checkPage(roots, "html/report", exampleHtmlPage),
    ...checkPage(roots, "html/index", exampleIndexPage),
    ...checkPage(roots, "markdown/report", exampleMarkdownPage),
  ];
  const key = ({ file, line, column, message }: TemplateFinding) => [file, line, column, message].join("\n");
  return [...new Map(found.map((finding) => [key(finding), finding])).values()];
}

/** A template that is rendered by itself, with an example of what it is given. */
function checkPage(
  roots: readonly string[],
  page: `${TemplateFamily}/${string}`,
  example: object,
): readonly TemplateFinding[] {
  const check = newCheck(roots, page.startsWith("html/") ? "html" : "markdown");
  checkTemplate(check, `${page}.hbs`, [example]);
  return check.findings;
}

interface Check {
  readonly roots: readonly string[];
  readonly family: TemplateFamily;
  readonly helpers: readonly string[];
  readonly partials: readonly string[];
  readonly findings: TemplateFinding[];
  /** Templates already walked with the same object: a partial may call itself. */
  readonly seen: Map<string, Set<unknown>>;
}

function newCheck(roots: readonly string[], family: TemplateFamily): Check {
  const helpers = family === "markdown" ? Object.keys(markdownHelpers) : [];
  return { roots, family, helpers, partials: partialNames(roots, family), findings: [], seen: new Map() };
}

function checkTemplate(check: Check, path: string, contexts: Contexts): void {
  const file = findTemplate(check.roots, path) ?? path;
  const seen = check.seen.get(path) ?? new Set();
  if (seen.has(contexts.at(-1))) return;
  check.seen.set(path, seen.add(contexts.at(-1)));
  const program = parse(check, file, readTemplate(check.roots, path));
  if (program === null) return;
  walkProgram(program, contexts, {
    helpers: check.helpers,
    partials: check.partials,
    partial: (name, inner) => checkTemplate(check, `${check.family}/partials/${name}.hbs`, inner),
    report: ({ loc }, message) =>
      check.findings.push({ file, line: loc.start.line, column: loc.start.column + 1, message }),
  });
}

function parse(check: Check, file: string, source: string): hbs.AST.Program | null {
  try {
    return Handlebars.parse(source);
  } catch (error) {
    const text = messageOf(error);
    const line = Number(/line (\d+)/.exec(text)?.[1] ?? 1);
    check.findings.push({ file, line, column: 1, message: `cannot be read: ${text.replaceAll("\n", " ")}` });
    return null;
  }
}
