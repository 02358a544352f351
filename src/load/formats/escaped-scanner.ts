/**
 * The text formats of MySQL (`mysqldump --tab`, `SELECT … INTO OUTFILE`, `mysql -B`) and PostgreSQL (`COPY`): an escape stands before
 * any character that would be misread, also outside of quotes. Read by the rules of `LOAD DATA` and of `COPY FROM`.
 */
export interface EscapedDialect {
  readonly delimiter: string;
  /** Empty: values are never quoted. */
  readonly quote: string;
  /** Empty: nothing is escaped, and the word NULL is no value. */
  readonly escape: string;
  readonly escapes: "mysql" | "postgres";
}

/** Null: no value at all. */
type EscapedValue = string | null;

/** What an escaped letter is, where it is not itself. */
const letters: Readonly<Record<EscapedDialect["escapes"], Readonly<Record<string, string>>>> = {
  mysql: { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\u001a" },
  postgres: { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
};

/**
 * "open": the text ends within a quoted value. "continues": it ends with an escape, which belongs to the line break after it.
 * "misplaced": text comes after a closing quote. Else null, and `take` was called with each value.
 */
export function eachEscapedValue(
  text: string,
  dialect: EscapedDialect,
  take: (value: EscapedValue) => void,
): "open" | "continues" | "misplaced" | null {
  const { delimiter, quote } = dialect;
  for (let at = 0; ; ) {
    const isQuoted = quote !== "" && text.startsWith(quote, at) && !isQuotedNull(text, at, dialect);
    const end = isQuoted ? closingQuote(text, at + 1, dialect) : plainEnd(text, at, dialect);
    if (typeof end === "string") return end;
    take(isQuoted ? unescaped(text.slice(at + 1, end), dialect) : plainValue(text.slice(at, end), dialect));
    at = isQuoted ? end + 1 : end;
    if (at >= text.length) return null;
    at += delimiter.length;
  }
}

/** True when the line break after this text is part of a value. */
export function endsInEscape(text: string, { escape: escaping }: Pick<EscapedDialect, "escape">): boolean {
  if (escaping === "") return false;
  let at = text.length;
  while (text[at - 1] === escaping) at--;
  return (text.length - at) % 2 === 1;
}

/** `ENCLOSED BY '"' ESCAPED BY '"'` writes `"N` where there is no value, and MySQL itself cannot read it back. */
function isQuotedNull(text: string, at: number, { quote, escape: escaping, delimiter }: EscapedDialect) {
  if (escaping !== quote || text[at + 1] !== "N") return false;
  return at + 2 === text.length || text.startsWith(delimiter, at + 2);
}

function plainEnd(text: string, start: number, dialect: EscapedDialect): number | "continues" {
  const { delimiter, quote, escape: escaping } = dialect;
  // where the escape is the quote, it only doubles itself within quotes
  const mayEscape = escaping !== "" && escaping !== quote;
  for (let from = start; ; ) {
    const next = text.indexOf(delimiter, from);
    const end = next === -1 ? text.length : next;
    const found = mayEscape ? text.indexOf(escaping, from) : -1;
    if (found === -1 || found >= end) return end;
    if (found + 1 >= text.length) return "continues";
    from = found + 2;
  }
}

/** A quote closes where a delimiter or the end follows; without an escape one within the text is written as it is. */
function closingQuote(text: string, start: number, dialect: EscapedDialect): number | "open" | "misplaced" {
  const { delimiter, quote, escape: escaping } = dialect;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === escaping && escaping !== quote) at++;
    else if (character === quote) {
      if (at + 1 === text.length || text.startsWith(delimiter, at + 1)) return at;
      if (text[at + 1] === quote) at++;
      else if (escaping !== "") return "misplaced";
    }
  }
  return "open";
}

function plainValue(text: string, dialect: EscapedDialect): EscapedValue {
  const { quote, escape: escaping } = dialect;
  if (escaping !== "" && text === `${escaping}N`) return null;
  if (text === "NULL" && dialect.escapes === "mysql" && (escaping === "" || quote !== "")) return null;
  return escaping === quote ? text : unescaped(text, dialect);
}

function unescaped(text: string, { quote, escape: escaping, escapes }: EscapedDialect): string {
  if (escaping === quote) return quote === "" ? text : text.replaceAll(quote + quote, quote);
  const isPlain = escaping === "" || !text.includes(escaping);
  if (isPlain && (quote === "" || !text.includes(quote))) return text;
  let value = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const next = text[at + 1] ?? "";
    const isDoubled = quote !== "" && character === quote && next === quote;
    if (character !== escaping && !isDoubled) value += character;
    else {
      at++;
      value += character === escaping ? (letters[escapes][next] ?? next) : quote;
    }
  }
  return value;
}
