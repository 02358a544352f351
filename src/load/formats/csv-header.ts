/** The header of a CSV file, read by us: DuckDB binds given columns by position and would accept any order. */
import type { DiscoveredFile } from "../files/discover.ts";
import { refusal } from "../files/refusal.ts";

export interface CsvDialect {
  readonly delimiter: string;
  /** Empty: values are never quoted. */
  readonly quote: string;
  readonly escape: string;
  readonly header: boolean;
  /** Known to have line feeds and no carriage returns between its lines. */
  readonly endsInFeeds?: boolean;
}

interface CsvHeader {
  /** As found, blanks around cut off; an unnamed column gets `column0`, counted from 0. */
  readonly columns: readonly string[];
  /** The header does not stand in the first line: DuckDB would take it for a row. */
  readonly startsBlank: boolean;
}

export function dialectOf(file: DiscoveredFile): CsvDialect {
  const { options } = file.source;
  const byName = /\.tsv(\.(gz|zst))?$/i.test(file.path) ? "\t" : ",";
  const quote = options.quote ?? '"';
  return {
    delimiter: options.delimiter ?? byName,
    quote,
    escape: options.escape ?? quote,
    header: options.header,
  };
}

/** Throws a refusal when there is no header, a name stands twice, or the delimiter is plainly another. */
export function readCsvHeader(file: DiscoveredFile, head: Buffer, dialect: CsvDialect): CsvHeader {
  const text = head.toString("utf8").replace(/^\ufeff/, "");
  const body = text.replace(/^(?:[ \t]*\r?\n)+/, "");
  const fields = firstRecord(body, dialect);
  if (fields === null) {
    throw refusal(file.file, "its first line has an unclosed quote", "mend the header, or set options.quote");
  }
  const columns = dialect.header
    ? fields.map((field, index) => (field.trim() === "" ? `column${index}` : field.trim()))
    : fields.map((_, index) => `column${index}`);
  checkNames(file, columns, body, dialect);
  return { columns, startsBlank: body.length !== text.length };
}

function checkNames(
  file: DiscoveredFile,
  columns: readonly string[],
  body: string,
  dialect: CsvDialect,
): void {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw refusal(
      file.file,
      `column "${twice}" stands twice in the header`,
      "rename one of them in the export",
    );
  }
  const line = body.split(/\r?\n/, 1)[0] ?? "";
  const other = [";", "\t", "|", ","].find((each) => each !== dialect.delimiter && line.includes(each));
  if (columns.length === 1 && other !== undefined) {
    const shown = other === "\t" ? "\\t" : other;
    throw refusal(
      file.file,
      `its header is one column: "${line.slice(0, 80)}"`,
      `set options: { delimiter: "${shown}" } for this source`,
    );
  }
}

/** Null when a quote is not closed within `text`. */
function firstRecord(text: string, dialect: CsvDialect): string[] | null {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quoted) {
      if (char === dialect.escape && text[at + 1] === dialect.quote) field += text[++at] ?? "";
      else if (char === dialect.quote) quoted = false;
      else field += char;
    } else if (char === dialect.quote && field === "") quoted = true;
    else if (text.startsWith(dialect.delimiter, at)) {
      fields.push(field);
      field = "";
      at += dialect.delimiter.length - 1;
    } else if (char === "\n") break;
    else if (char !== "\r") field += char;
  }
  return quoted ? null : [...fields, field];
}
