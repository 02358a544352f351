/**
 * A dotenv file as Laravel's phpdotenv reads it, with the line of each value; of a name given twice the last counts. No value is
 * ever part of a message: the file has passwords in it too.
 */

export interface DotenvEntry {
  /** Null: the name is there without `=`. */
  readonly value: string | null;
  readonly line: number;
}

export interface DotenvProblem {
  readonly line: number;
  /** The variable it concerns, as far as that is known. */
  readonly name: string | null;
  readonly message: string;
}

export interface Dotenv {
  readonly entries: ReadonlyMap<string, DotenvEntry>;
  readonly problems: readonly DotenvProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*(?:=\s*(.*))?$/;

/** `environment` is what `${NAME}` may refer to beside the file's own names. */
export function parseDotenv(text: string, environment: Environment = {}): Dotenv {
  const entries = new Map<string, DotenvEntry>();
  const problems: DotenvProblem[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const lookUp = (name: string) => environment[name] ?? entries.get(name)?.value;
  for (let index = 0; index < lines.length; index++) {
    const written = lines[index] ?? "";
    if (/^\s*(#|$)/.test(written)) continue;
    const [, name, rest] = ASSIGNMENT.exec(written) ?? [];
    const line = index + 1;
    const value = rest === undefined ? null : readValue([rest, ...lines.slice(line)]);
    const problem = name === undefined ? "is not NAME=value" : value?.problem;
    if (name === undefined || problem !== undefined) {
      problems.push({ line, name: name ?? null, message: problem ?? "" });
      continue;
    }
    entries.set(name, { line, value: value === null ? null : expanded(value, lookUp) });
    index += (value?.lines ?? 1) - 1;
  }
  return { entries, problems };
}

interface Value {
  readonly text: string;
  /** Lines of the file it takes. */
  readonly lines: number;
  readonly expands: boolean;
  readonly problem?: string;
}

/** The value that begins the first of `lines`; a quoted one may go on in the next. */
function readValue(lines: readonly string[]): Value {
  const first = lines[0] ?? "";
  const quote = first.charAt(0);
  if (quote === '"' || quote === "'" || quote === "`") return readQuoted(lines.join("\n"), quote);
  // A comment needs a blank before it: a#b is a value.
  return { text: first.replace(/(^|\s)#.*$/, "").trim(), lines: 1, expands: true };
}

function readQuoted(text: string, quote: string): Value {
  const escapes = quote === '"';
  let value = "";
  for (let at = 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) {
      const rest = /^.*/.exec(text.slice(at + 1))?.[0] ?? "";
      const lines = text.slice(0, at).split("\n").length;
      const problem = /^\s*(#.*)?$/.test(rest) ? {} : { problem: "goes on after its closing quote" };
      return { text: value, lines, expands: escapes, ...problem };
    }
    if (escapes && character === "\\") {
      at += 1;
      value += ESCAPES[text.charAt(at)] ?? `\\${text.charAt(at)}`;
    } else {
      value += character;
    }
  }
  return { text: "", lines: 1, expands: false, problem: "opens a quote that is never closed" };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$" };

/** `${NAME}` of a name that is not set stays as it is written. */
function expanded(value: Value, lookUp: (name: string) => string | null | undefined): string {
  if (!value.expands) return value.text;
  return value.text.replace(/\$\{([A-Za-z_][\w.]*)\}/g, (whole, name: string) => lookUp(name) ?? whole);
}
