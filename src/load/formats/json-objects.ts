/**
 * JSON objects that are not one per line: several in a line, as Kinesis Firehose puts them, or one over several. They are copied to a
 * temporary file with a line for each, so that a line is a record again.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type PreparedFile, readHead } from "../files/prepare.ts";
import { createCleanCsv } from "./clean-csv.ts";

/** NaN and infinity, which Python writes and the engine reads, become null. Undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseLeniently(text);
  }
}

const stringOrNan = /"(?:[^"\\]|\\.)*"|[-+]?\b(?:nan|inf(?:inity)?)\b/gi;

function parseLeniently(text: string): unknown {
  const plain = text.replace(stringOrNan, (found) => (found.startsWith('"') ? found : "null"));
  try {
    return plain === text ? undefined : JSON.parse(plain);
  } catch {
    return undefined;
  }
}

/** The whole objects in a line that is none itself; what lies between them is not counted. */
export function countObjects(line: string): number {
  let objects = 0;
  const splitter = jsonSplitter(({ isObject }) => {
    if (isObject) objects++;
  });
  splitter.add(line);
  splitter.end();
  return objects;
}

/** The file's first object shares its line, or has several. */
export function startsUnlined(head: Buffer): boolean {
  const text = head.toString("latin1").trimStart();
  const [line = ""] = text.split("\n", 1);
  if (!text.startsWith("{") || parseJson(line) !== undefined) return false;
  if (countObjects(line) > 1) return true;
  const records: SplitRecord[] = [];
  jsonSplitter((record) => records.push(record)).add(text);
  const [first] = records;
  return first?.isObject === true && first.isBroken;
}

/** The same file with a line for each object; as it is when that is so already. `temporary`: a folder of its own. */
export async function splitObjects(prepared: PreparedFile, temporary: string): Promise<PreparedFile> {
  const path = join(temporary, "objects");
  const target = await createCleanCsv(path);
  let lines = 0;
  const splitter = jsonSplitter(({ text }) => {
    lines++;
    target.addText(`${text}\n`);
  });
  try {
    for await (const chunk of createReadStream(prepared.path, {
      encoding: "latin1",
      highWaterMark: 1 << 20,
    })) {
      splitter.add(chunk as string);
      await target.flush();
    }
    splitter.end();
  } finally {
    await target.close();
  }
  if (!splitter.isUnlined()) return prepared;
  const { size } = await stat(path);
  return {
    ...prepared,
    path,
    strictPath: path,
    plainBytes: size,
    head: await readHead(path),
    notes: [...prepared.notes, "JSON objects are not one per line: a line number counts objects"],
    fingerprint: async () => ({ ...(await prepared.fingerprint()), lines }),
  };
}

interface SplitRecord {
  /** In one line. */
  readonly text: string;
  /** Its brackets and quotes are closed; else it ends where another begins, or its line. */
  readonly isObject: boolean;
  /** It had line breaks. */
  readonly isBroken: boolean;
}

/**
 * What a character does: belongs to no record, begins one, goes on with it, is replaced by a blank, ends it, or shows that it has
 * ended before.
 */
type Step = "skip" | "begin" | "keep" | "blank" | "end" | "cut";

/** Text in parts, in which one character is one byte; a record for each object and for each line of what is none. */
function jsonSplitter(take: (record: SplitRecord) => void) {
  const scanner = jsonScanner();
  let text = "";
  let isBroken = false;
  let inLine = 0;
  let isUnlined = false;
  const emit = (piece: string): void => {
    const isObject = scanner.isClosed();
    isUnlined ||= isObject && isBroken;
    take({ text: (text + piece).trimEnd(), isObject, isBroken });
    scanner.reset();
    text = "";
    isBroken = false;
  };
  return {
    add: (chunk: string): void => {
      let from = 0;
      for (let at = 0; at < chunk.length; at++) {
        const char = chunk.charAt(at);
        let step = scanner.step(char);
        if (step === "cut") {
          emit(chunk.slice(from, at));
          step = scanner.step(char);
          from = at;
        }
        if (step === "begin") {
          from = at;
          isUnlined ||= ++inLine > 1;
        } else if (step === "blank") {
          text += `${chunk.slice(from, at)} `;
          isBroken = true;
          from = at + 1;
        } else if (step === "end") {
          emit(chunk.slice(from, at + 1));
          from = at + 1;
        }
        if (char === "\n") inLine = 0;
      }
      if (scanner.isInside()) text += chunk.slice(from);
    },
    end: (): void => {
      if (scanner.isInside()) emit("");
    },
    isUnlined: (): boolean => isUnlined,
  };
}

type Place = "between" | "object" | "string" | "escape" | "other";

/** Where in a record a character stands. An object that is cut off is given up where the next one begins, so that it takes no other along. */
function jsonScanner() {
  let place: Place = "between";
  let brackets: string[] = [];
  /** The last character outside of strings that is no blank. */
  let previous = "";
  let startsLine = true;

  const isBlank = (char: string): boolean => char === " " || char === "\t" || char === "\r" || char === "\n";
  // nested ones that begin a line are indented
  const mayNest = (): boolean =>
    !startsLine && (brackets.at(-1) === "[" ? previous === "[" || previous === "," : previous === ":");

  const between = (char: string): Step => {
    if (isBlank(char) || char === ",") return "skip";
    place = char === "{" ? "object" : "other";
    brackets = ["{"];
    previous = char;
    return "begin";
  };
  const close = (char: string): Step => {
    const isMatch = brackets.pop() === (char === "}" ? "{" : "[");
    if (!isMatch) brackets = ["?"];
    return isMatch && brackets.length > 0 ? "keep" : "end";
  };
  const inObject = (char: string): Step => {
    if (char === "\n" || char === "\r") return "blank";
    if (isBlank(char)) return "keep";
    if (char === "{" && !mayNest()) return "cut";
    if (char === '"') place = "string";
    if (char === "{" || char === "[") brackets.push(char);
    previous = char;
    return char === "}" || char === "]" ? close(char) : "keep";
  };
  const inString = (char: string): Step => {
    if (char === "\n") return "cut";
    if (char === '"') place = "object";
    if (char === "\\") place = "escape";
    return "keep";
  };
  const steps: Readonly<Record<Place, (char: string) => Step>> = {
    between,
    object: inObject,
    string: inString,
    escape: () => {
      place = "string";
      return "keep";
    },
    other: (char) => (char === "\n" ? "cut" : "keep"),
  };
  return {
    step: (char: string): Step => {
      const step = steps[place](char);
      if (step !== "cut") startsLine = char === "\n";
      return step;
    },
    isInside: (): boolean => place !== "between",
    isClosed: (): boolean => place === "object" && brackets.length === 0,
    reset: (): void => {
      place = "between";
      brackets = [];
      previous = "";
    },
  };
}
