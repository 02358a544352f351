/**
 * Templates in, text out. A template is looked up in several roots, first match wins file by file, so that a workspace
 * replaces single files of the package. Templates only test and loop: strict (a missing path is an error), no unknown
 * helpers, no prototypes, no logging.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Handlebars from "handlebars";
import { GatebookError, messageOf } from "../../model/error.ts";

export type TemplateFamily = "html" | "markdown";
export type TextHelper = (text: unknown, ...rest: readonly unknown[]) => string;
export type TextHelpers = Readonly<Record<string, TextHelper>>;

export interface Templates {
  /** `render("report", view)` renders templates/<family>/report.hbs. */
  readonly render: (name: string, data: object) => string;
}

/** Templates of the package: the same distance from src/report/ and from dist/report/. */
export const packageTemplates: string = fileURLToPath(new URL("../../../templates/", import.meta.url));

/** The first `path` (e.g. "theme.css", "html/report.hbs") found under the roots, or null. */
export function findTemplate(roots: readonly string[], path: string): string | null {
  return roots.map((root) => join(root, path)).find((file) => existsSync(file)) ?? null;
}

export function readTemplate(roots: readonly string[], path: string): string {
  const file = findTemplate(roots, path);
  if (file !== null) return readFileSync(file, "utf8");
  throw new GatebookError("config", `template ${path} is missing`, { hint: `looked in ${roots.join(", ")}` });
}

/** Names of the partials of a family over all roots: `partials/cell.hbs` is `cell`. */
export function partialNames(roots: readonly string[], family: TemplateFamily): readonly string[] {
  const folders = roots.map((root) => join(root, family, "partials")).filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) => readdirSync(folder)).filter((name) => name.endsWith(".hbs"));
  return [...new Set(files.map((name) => name.slice(0, -".hbs".length)))].sort();
}

export function openTemplates(
  roots: readonly string[],
  family: TemplateFamily,
  helpers: TextHelpers = noHelpers,
): Templates {
  const compile = compilerOf(family, helpers);
  const read = (path: string): Template => compile(readTemplate(roots, path));
  const names = partialNames(roots, family);
  const partials = Object.fromEntries(names.map((name) => [name, read(`${family}/partials/${name}.hbs`)]));
  const options = { partials, allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
  return {
    render: (name, data) => {
      const path = `${family}/${name}.hbs`;
      const template = read(path);
      try {
        return template(data, options);
      } catch (cause) {
        throw templateError(cause, findTemplate(roots, path) ?? path);
      }
    },
  };
}

type Template = Handlebars.TemplateDelegate<object>;
const noHelpers: TextHelpers = {};
const compilers = new WeakMap<TextHelpers, Map<TemplateFamily, (text: string) => Template>>();

/** Compiling takes longer than rendering, so a process compiles each text once, whichever file it stands in. */
function compilerOf(family: TemplateFamily, helpers: TextHelpers): (text: string) => Template {
  const known = compilers.get(helpers) ?? new Map<TemplateFamily, (text: string) => Template>();
  compilers.set(helpers, known);
  const compiler = known.get(family) ?? newCompiler(family, helpers);
  known.set(family, compiler);
  return compiler;
}

function newCompiler(family: TemplateFamily, helpers: TextHelpers): (text: string) => Template {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  for (const [name, helper] of Object.entries(helpers)) handlebars.registerHelper(name, helper);
  const options: CompileOptions = {
    strict: true,
    preventIndent: true,
    knownHelpersOnly: true,
    knownHelpers: { log: false, ...Object.fromEntries(Object.keys(helpers).map((name) => [name, true])) },
    noEscape: family === "markdown",
  };
  const compiled = new Map<string, Template>();
  return (text) => {
    const template = compiled.get(text) ?? handlebars.compile<object>(text, options);
    compiled.set(text, template);
    return template;
  };
}

/** Handlebars writes `"nmae" not defined in [object Object] - 12:4`, without naming the partial it is in. */
function templateError(cause: unknown, file: string): GatebookError {
  const text = messageOf(cause).replaceAll("\n", " ");
  return new GatebookError("config", `template cannot be rendered: ${text}`, {
    where: { file },
    hint: "run `gatebook check`: it names the path that the view does not have",
    cause,
  });
}
