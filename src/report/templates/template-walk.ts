/** Walks a template's tree with an example of what it is given, and reports every path, block and partial that is not there. */
import { suggestion } from "../../model/suggest.ts";

/** What `this` is, innermost last: `../` goes back. */
export type Contexts = readonly unknown[];

export interface WalkStep {
  readonly helpers: readonly string[];
  readonly partials: readonly string[];
  /** Called for each partial that exists, with what it is given. */
  readonly partial: (name: string, contexts: Contexts) => void;
  readonly report: (node: hbs.AST.Node, message: string) => void;
}

const blocks = ["if", "unless", "each", "with"];

export function walkProgram({ body }: hbs.AST.Program, contexts: Contexts, visit: WalkStep): void {
  for (const node of body) statement(node, contexts, visit);
}

function statement(node: hbs.AST.Statement, contexts: Contexts, visit: WalkStep): void {
  if (isA<hbs.AST.MustacheStatement>(node, "MustacheStatement")) mustache(node, contexts, visit);
  else if (isA<hbs.AST.BlockStatement>(node, "BlockStatement")) block(node, contexts, visit);
  else if (isA<hbs.AST.PartialStatement>(node, "PartialStatement")) partial(node, contexts, visit);
  else if (node.type !== "ContentStatement" && node.type !== "CommentStatement")
    visit.report(node, `${node.type} is not allowed in a template`);
}

/** The node types are a union by name only; this is the one place that trusts the name. */
function isA<T extends hbs.AST.Node>(node: hbs.AST.Node, type: T["type"]): node is T {
  return node.type === type;
}

function mustache(node: hbs.AST.MustacheStatement, contexts: Contexts, visit: WalkStep): void {
  if (node.params.length === 0) {
    expression(node.path, contexts, visit);
    return;
  }
  const name = nameOf(node.path);
  if (!visit.helpers.includes(name))
    visit.report(node, `there is no helper "${name}"${suggestion(name, visit.helpers)}`);
  for (const param of node.params) expression(param, contexts, visit);
}

function block(node: hbs.AST.BlockStatement, contexts: Contexts, visit: WalkStep): void {
  const name = nameOf(node.path);
  const [param] = node.params;
  if (!blocks.includes(name) || param === undefined) {
    visit.report(node, `there is no block "${name}"${suggestion(name, blocks)}`);
    return;
  }
  const value = expression(param, contexts, visit);
  const inner = innerContexts(name, value, contexts);
  if (name === "each" && value !== undefined && !Array.isArray(value))
    visit.report(param, `"${nameOf(param)}" is not a list`);
  else if (inner !== null) walkProgram(node.program, inner, visit);
  if (node.inverse !== undefined) walkProgram(node.inverse, contexts, visit);
}

/** Only `each` and `with` change what `this` is; null when the value is not there. */
function innerContexts(name: string, value: unknown, contexts: Contexts): Contexts | null {
  if (name === "if" || name === "unless") return contexts;
  if (value === undefined) return null;
  return [...contexts, name === "each" && Array.isArray(value) ? value[0] : value];
}

function partial(node: hbs.AST.PartialStatement, contexts: Contexts, visit: WalkStep): void {
  const name = nameOf(node.name);
  if (!visit.partials.includes(name)) {
    visit.report(node, `there is no partial "${name}"${suggestion(name, visit.partials)}`);
    return;
  }
  const [param] = node.params;
  if (param === undefined) {
    visit.partial(name, contexts);
    return;
  }
  const value = expression(param, contexts, visit);
  if (value !== undefined) visit.partial(name, [...contexts, value]);
}

/** The value of a path or literal in the example; undefined, and a finding, when it is not there. */
function expression(node: hbs.AST.Expression, contexts: Contexts, visit: WalkStep): unknown {
  if (!isA<hbs.AST.PathExpression>(node, "PathExpression")) return null;
  if (node.data) return loopWord(node, visit);
  let value = contexts.at(-1 - node.depth);
  for (const part of node.parts.map(String)) {
    const here = value;
    value = isObject(here) && Object.hasOwn(here, part) ? here[part] : undefined;
    if (value !== undefined) continue;
    const keys = isObject(here) ? Object.keys(here) : [];
    const within = node.original === part ? "" : `: no "${part}" here`;
    visit.report(node, `the view has no "${node.original}"${within}${suggestion(part, keys)}`);
    return undefined;
  }
  return value;
}

function loopWord(node: hbs.AST.PathExpression, visit: WalkStep): unknown {
  const known = ["first", "last", "index"];
  if (!known.includes(node.parts.map(String).join("."))) visit.report(node, `there is no "${node.original}"`);
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function nameOf(node: hbs.AST.Node): string {
  return isA<hbs.AST.PathExpression>(node, "PathExpression") ? node.original : node.type;
}
