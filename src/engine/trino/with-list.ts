/** The top-level WITH of a statement, found by its parentheses: names, places, and which parts are to be kept. */

export interface WithPart {
  /** In lower case, without quotes. */
  readonly name: string;
  /** As written, with a list of columns if there is one. */
  readonly head: string;
  /** The word MATERIALIZED, or NOT MATERIALIZED, is there: Trino has neither. */
  readonly isMarked: boolean;
  readonly isMaterialized: boolean;
  /** Of the query between its parentheses. */
  readonly start: number;
  readonly end: number;
}

export interface WithList {
  readonly isRecursive: boolean;
  readonly parts: readonly WithPart[];
  /** Where the statement's own SELECT begins. */
  readonly body: number;
}

/** What has no say in the structure, or is a word, or is one character. */
const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[\s\S]/g;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Null: the statement does not begin with WITH, or is none that can be read. */
export function withList(sql: string): WithList | null {
  const tokens = tokensOf(sql);
  let at = 0;
  const is = (word: string): boolean => tokens[at]?.text.toUpperCase() === word;
  const skip = (word: string): boolean => {
    if (!is(word)) return false;
    at += 1;
    return true;
  };
  /** Past the parenthesis that closes the present one; where it is. */
  const close = (): number | null => {
    for (let depth = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (token?.text === "(") depth += 1;
      if (token?.text === ")") depth -= 1;
      if (depth === 0) {
        at += 1;
        return token?.start ?? null;
      }
    }
    return null;
  };
  if (!skip("WITH")) return null;
  const isRecursive = skip("RECURSIVE");
  const parts: WithPart[] = [];
  do {
    const name = tokens[at];
    if (name === undefined) return null;
    at += 1;
    let headEnd = name.end;
    if (is("(")) headEnd = (close() ?? headEnd) + 1;
    if (!skip("AS")) return null;
    const isNot = skip("NOT");
    const isMarked = skip("MATERIALIZED");
    const open = tokens[at];
    if (open?.text !== "(") return null;
    const end = close();
    if (end === null) return null;
    const head = sql.slice(name.start, headEnd);
    const isMaterialized = isMarked && !isNot;
    parts.push({ name: bareName(name.text), head, isMarked, isMaterialized, start: open.end, end });
  } while (skip(","));
  const body = tokens[at];
  return body === undefined ? null : { isRecursive, parts, body: body.start };
}

function tokensOf(sql: string): readonly Token[] {
  return [...sql.matchAll(TOKEN)]
    .filter(([text]) => !/^(\s|--|\/\*)/.test(text))
    .map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }));
}

function bareName(name: string): string {
  return (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name).toLowerCase();
}

const NAME = '("(?:[^"]|"")*"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const BEHIND_FROM = new RegExp(`\\b(?:FROM|JOIN|TABLE)\\b[\\s(]*${NAME}`, "giu");
const ANYWHERE = new RegExp(`(?:\\b(?:FROM|JOIN|TABLE)\\b|,)[\\s(]*${NAME}`, "giu");

/** Tables behind FROM and JOIN, in lower case and without their schema, as often as they are read there. */
export function tablesRead(sql: string): readonly string[] {
  return namesBehind(BEHIND_FROM, sql);
}

/** The same, and what is behind a comma, columns among them: a name too many, never one too few. */
export function tablesNamed(sql: string): readonly string[] {
  return namesBehind(ANYWHERE, sql);
}

function namesBehind(pattern: RegExp, sql: string): readonly string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, " ");
  return [...bare.matchAll(pattern)].map(([, name = ""]) => bareName(name));
}
