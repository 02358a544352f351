/** YAML text → plain value with positions. What YAML itself rejects (tabs, keys given twice) becomes a GatebookError here. */
import { type Document, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import { GatebookError, messageOf } from "../model/error.ts";
import { positionsOf } from "./positions.ts";
import { type Problem, problemsError, type YamlSource } from "./problems.ts";
import { found } from "./values.ts";

/** The mapping in a file; `file` is for messages. Throws a GatebookError of code "config". */
export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const troubles = upToTheSyntax([...document.errors, ...document.warnings]);
  const problems = troubles.map((trouble) => describeYamlError(trouble, { text, file, lines }));
  if (problems.length > 0) throw problemsError(problems, file);
  const positions = positionsOf(document, lines, file);
  rejectTraps(document, { text, file, lines });
  const value = plainValue(document, file);
  if (value === null || value === undefined) {
    throw new GatebookError("config", "the file is empty", { where: { file }, hint: INIT });
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    const message = `expected a mapping of keys such as "rollout:", found ${found(value)}`;
    throw new GatebookError("config", message, { where: positions.value([]), hint: INIT });
  }
  return { value, positions };
}

/** Up to the first that is more than a key given twice: what comes after a mistake in the syntax is read as something else. */
function upToTheSyntax(troubles: readonly YAMLError[]): readonly YAMLError[] {
  const sorted = troubles.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const end = sorted.findIndex(({ code }) => code !== "DUPLICATE_KEY");
  return end === -1 ? sorted : sorted.slice(0, end + 1);
}

export const INIT = "gatebook init DIR makes a workspace with a rollout.yaml to start from";

interface YamlFile {
  readonly text: string;
  readonly file: string;
  readonly lines: LineCounter;
}

/** Rejects what would be lost or misread on the way to a plain value. */
function rejectTraps(document: Document.Parsed, { file, lines }: YamlFile): void {
  const reject = (message: string, offset = 0): never => {
    const { line, col } = lines.linePos(offset);
    throw new GatebookError("config", message, { where: { file, line, column: col } });
  };
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      reject(`the anchor &${alias.source} is not defined before *${alias.source}`, alias.range?.[0]);
    },
    Pair(_, { key }) {
      // As a key of a JavaScript object it would vanish before it is checked.
      if (isScalar(key) && key.value === "__proto__") reject('unknown key "__proto__"', key.range?.[0]);
    },
  });
}

function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases are resolved here: thousands that point at each other are rejected.
    throw new GatebookError("config", messageOf(cause), { where: { file }, cause });
  }
}

function describeYamlError(error: YAMLError, { text, file, lines }: YamlFile): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const where = { file, line, column: col };
  switch (error.code) {
    case "DUPLICATE_KEY": {
      const key = /^[^\s:,}]*/.exec(text.slice(error.pos[0]))?.[0] ?? "";
      return { where, message: `the key "${key}" appears twice in the same mapping` };
    }
    case "TAB_AS_INDENT":
      return { where, message: "a tab where YAML requires spaces", hint: "indent with two spaces" };
    case "MULTIPLE_DOCS":
      return {
        where,
        message: "a second document starts here",
        hint: "one file is one rollout: remove the ---",
      };
    default:
      return {
        where,
        message: `not valid YAML: ${error.message.replace(/^./, (first) => first.toLowerCase())}`,
      };
  }
}
