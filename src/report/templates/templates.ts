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
  helpers: Readonly<Record<string, TextHelper>> = {},
): Templates {
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
  const compiled = new Map<string, Handlebars.TemplateDelegate<object>>();
  const compile = (path: string): Handlebars.TemplateDelegate<object> => {
    const template = compiled.get(path) ?? handlebars.compile<object>(readTemplate(roots, path), options);
    compiled.set(path, template);
    return template;
  };
  for (const name of partialNames(roots, family)) {
    handlebars.registerPartial(name, compile(`${family}/partials/${name}.hbs`));
  }
  return {
    render: (name, data) => {
      const path = `${family}/${name}.hbs`;
      const template = compile(path);
      try {
        return template(data, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
      } catch (cause) {
        throw templateError(cause, findTemplate(roots, path) ?? path);
      }
    },
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
