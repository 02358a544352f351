/**
 * Files of generated exports: CSV in several dialects and encodings, JSON lines, Parquet of any types, packed with gzip or
 * zstd, and some of them damaged afterwards. `verdicts` holds what is to become of each row, in order; it is null where that
 * is not known.
 */
import { gzipSync } from "node:zlib";
import { valuesFrom } from "./fuzz-values.mjs";

const aliases = {
  metadata: ["metadata", "meta", "META"],
  event_type: ["event_type", "EVENT_TYPE"],
  user_id: ["user_id", "User_Id"],
};
/** Columns nobody asked for. */
const strange = [
  "",
  "select",
  "a b",
  'say "hi"',
  "line",
  "c0",
  "gatebook line",
  "raw",
  "Ünïcode",
  "x.y",
  "$p",
  "~/",
  "1",
];
const dialects = [
  { delimiter: ",", quote: '"', escape: '"', ending: "csv" },
  { delimiter: "\t", quote: '"', escape: '"', ending: "tsv" },
  { delimiter: ";", quote: '"', escape: '"', ending: "csv" },
  { delimiter: "|", quote: "'", escape: "\\", ending: "txt" },
];
const parquetTypes = [
  ...[
    "VARCHAR",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "DECIMAL(9,3)",
    "DATE",
    "TIME",
  ],
  ...["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "BOOLEAN", "BLOB", "UUID", "STRUCT(a INTEGER)"],
  ...["INTEGER[]", "MAP(VARCHAR, INTEGER)", "JSON"],
];

export function exportsFrom(random) {
  const made = valuesFrom(random);
  const { chance, pick } = made;

  /** Names in file order, each with the column it stands for or null. */
  function header(columns) {
    const named = columns.map((name) => ({ name: pick(aliases[name] ?? [name]), canonical: name }));
    const more = made.shuffled(strange).slice(0, random.integer(4));
    return made.shuffled([...named, ...more.map((name) => ({ name, canonical: null }))]);
  }

  function csv() {
    const encoding = pick(["utf-8", "utf-8", "utf-8", "utf-8", "latin-1", "utf-16"]);
    const wild = encoding !== "latin-1";
    const dialect = pick(dialects);
    const columns = made.columns();
    const head = header(columns);
    const line = (cells) => cells.map((text) => written(text, dialect, chance(0.1))).join(dialect.delimiter);
    const first = line(head.map(({ name }) => name));
    const lines = [first];
    const verdicts = [];
    for (const { cells, verdict } of made.rows(columns, wild)) {
      if (chance(0.01)) lines.push("");
      if (chance(0.005)) {
        lines.push(pick([first, "x", `${line(head.map(() => "y"))}${dialect.delimiter}more`]));
        verdicts.push("bad");
      }
      const row = line(
        head.map(({ canonical }) => (canonical === null ? made.text(wild) : cells[canonical])),
      );
      lines.push(chance(0.01) ? row + dialect.delimiter : row);
      verdicts.push(verdict);
    }
    const end = pick(["\n", "\n", "\r\n"]);
    const marked = encoding === "utf-16" ? chance(0.5) : encoding === "utf-8" && chance(0.1);
    const text = (marked ? "\ufeff" : "") + lines.join(end) + (chance(0.8) ? end : "");
    const node = { "utf-8": "utf8", "latin-1": "latin1", "utf-16": "utf16le" };
    const options = { ...dialect, encoding: marked ? "utf-8" : encoding };
    return { ending: dialect.ending, bytes: Buffer.from(text, node[encoding]), verdicts, columns, options };
  }

  function jsonLines() {
    const columns = made.columns();
    const head = header(columns);
    const lines = [];
    const verdicts = [];
    for (const { cells, verdict } of made.rows(columns, true)) {
      const entries = head.flatMap(({ name, canonical }) => member(name, cells[canonical]));
      const text = JSON.stringify(Object.fromEntries(entries));
      if (chance(0.01)) lines.push("");
      if (chance(0.005)) {
        const odd = pick([text.slice(0, -3), "[1]", "null", "x", `${text}${text}`]);
        lines.push(odd);
        verdicts.push(...(odd === `${text}${text}` ? [verdict, verdict] : ["bad"]));
      }
      lines.push(chance(0.05) ? ` ${text} ` : text);
      verdicts.push(verdict);
    }
    const end = pick(["\n", "\n", "\r\n"]);
    const text = (chance(0.05) ? "\ufeff" : "") + lines.join(end) + (chance(0.8) ? end : "");
    const ending = pick(["jsonl", "ndjson", "json"]);
    return { ending, bytes: Buffer.from(text), verdicts, columns, options: {} };
  }

  /** Nothing, null or "" for what is empty; a number now and then for what is one. */
  function member(name, text) {
    if (text === undefined)
      return chance(0.3) ? [] : [[name, pick([1, null, true, { a: [1] }, [], "x", 1e300, 2 ** 53 + 2])]];
    if (text === "") return chance(0.5) ? [] : [[name, pick([null, ""])]];
    return [[name, /^-?\d+(\.\d+)?$/.test(text) && chance(0.5) ? Number(text) : text]];
  }

  /** Written by the engine: whatever a column's type, most values are what a cast from text gives. */
  async function parquet(engine, path) {
    const columns = made.columns();
    const rows = made.rows(columns, true).slice(0, 60);
    const head = header(columns).filter(({ name }) => name !== "" && !name.includes("\0"));
    const literal = (text) => `'${String(text).replaceAll("'", "''")}'`;
    const select = head.map(({ name, canonical }) => {
      const type = chance(0.7) ? "VARCHAR" : pick(parquetTypes);
      return `TRY_CAST(${canonical ?? "'{\"a\": 1}'"} AS ${type}) AS "${name.replaceAll('"', '""')}"`;
    });
    const tuples = rows.map(({ cells }) => `(${columns.map((name) => literal(cells[name])).join(", ")})`);
    const from =
      rows.length === 0
        ? `(SELECT ${columns.map((name) => `'' AS ${name}`).join(", ")} LIMIT 0)`
        : `(VALUES ${tuples.join(", ")}) t(${columns.join(", ")})`;
    const codec = pick(["uncompressed", "snappy", "gzip", "zstd"]);
    const group = pick([2048, 122_880]);
    await engine.execute(
      `COPY (SELECT ${select.join(", ")} FROM ${from}) TO ${literal(path)} (FORMAT parquet, CODEC ${codec}, ROW_GROUP_SIZE ${group})`,
    );
    return { verdicts: null, rows: rows.length, columns, options: {} };
  }

  function packed(bytes, ending) {
    const at = chance(0.1) ? random.integer(bytes.length + 1) : bytes.length;
    const parts = at === bytes.length ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
    if (ending === ".gz") return Buffer.concat(parts.map((part) => gzipSync(part)));
    if (ending === ".zst")
      return Buffer.concat(parts.map((part) => zstdFrame(part, 1 + random.integer(5000), chance(0.5))));
    return bytes;
  }

  function damaged(bytes) {
    const copy = Buffer.from(bytes);
    const at = random.integer(copy.length + 1);
    const [before, after] = [copy.subarray(0, at), copy.subarray(at)];
    switch (random.integer(5)) {
      case 0:
        return before;
      case 1:
        for (let times = 1 + random.integer(4); times > 0; times--)
          copy[random.integer(copy.length || 1)] = random.integer(256);
        return copy;
      case 2:
        return Buffer.concat([
          before,
          Buffer.from(pick(['"', "'", "\0", "\n", "\r", ",", "{", "\ufeff", "\\"])),
          after,
        ]);
      case 3:
        return Buffer.concat([copy, after]);
      default:
        return Buffer.from(Array.from({ length: random.integer(300) }, () => random.integer(256)));
    }
  }
  return { ...made, csv, jsonLines, parquet, packed, damaged };
}

function written(text, { delimiter, quote, escape: escaping }, anyway) {
  const needs =
    anyway || /[\r\n]|^\s|\s$/.test(text) || [delimiter, quote, escaping].some((each) => text.includes(each));
  if (!needs) return text;
  const escaped = escaping === quote ? text : text.replaceAll(escaping, escaping + escaping);
  return quote + escaped.replaceAll(quote, escaping + quote) + quote;
}

/** Valid zstd that packs nothing (RFC 8878): raw blocks in one frame, with or without the size of the text. */
function zstdFrame(bytes, blockBytes, sized) {
  const size = Buffer.alloc(sized ? 4 : 0);
  if (sized) size.writeUInt32LE(bytes.length);
  // descriptor: size in four bytes, one segment; or none, and a window of 1 MB
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...(sized ? [0xa0] : [0x00, 0x50])]), size];
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (at + blockBytes >= bytes.length ? 1 : 0), 0, 3);
    parts.push(head, block);
  }
  return Buffer.concat(parts);
}
