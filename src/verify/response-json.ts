/** One saved file of feed responses → which algorithms each response names in `meta.algo_version`. Pure. */

export interface Response {
  /** Every `meta.algo_version` in it, its own and those of its items. */
  readonly algorithms: readonly string[];
  /** Line of a JSONL file, else null. */
  readonly line: number | null;
}

export interface ParsedResponses {
  readonly responses: readonly Response[];
  /** e.g. "line 3 has no meta.algo_version" */
  readonly problems: readonly string[];
}

/** Takes one JSON document (a response, an array or an object of responses) or JSON lines. */
export function parseResponses(text: string): ParsedResponses {
  const body = text.replace(/^\uFEFF/, "").trim();
  if (body === "") return { responses: [], problems: ["it is empty"] };
  const whole = parse(body);
  if (whole !== null) return ofDocument(whole.value, null);
  const lines = body.split("\n").map((line, index) => ({ text: line.trim(), line: index + 1 }));
  const filled = lines.filter((line) => line.text !== "");
  if (filled.length === 1 || parse(filled[0]?.text ?? "") === null) {
    const problem = `it is not JSON: it starts with ${JSON.stringify(body.slice(0, 20))}`;
    return { responses: [], problems: [problem] };
  }
  const parsed = filled.map(({ text: written, line }): ParsedResponses => {
    const document = parse(written);
    if (document === null) return { responses: [], problems: [`line ${line} is not JSON`] };
    return ofDocument(document.value, line);
  });
  return {
    responses: parsed.flatMap(({ responses }) => responses),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function ofDocument(value: unknown, line: number | null): ParsedResponses {
  const found = responsesIn(value);
  const what = line === null ? "it" : `line ${line}`;
  if (found.length === 0) return { responses: [], problems: [`${what} has no meta.algo_version`] };
  const named = found.map((values) => values.filter((one) => typeof one === "string" && one.trim() !== ""));
  const unnamed = found.flat().filter((one) => typeof one !== "string" || one.trim() === "");
  return {
    responses: named.flatMap((algorithms) =>
      algorithms.length === 0 ? [] : [{ algorithms: algorithms.map(String), line }],
    ),
    problems: unnamed.slice(0, 1).map((one) => `${what} has ${JSON.stringify(one)} as meta.algo_version`),
  };
}

/** The outermost objects that carry `meta.algo_version`, each with all the values found in it. */
function responsesIn(value: unknown): readonly (readonly unknown[])[] {
  if (typeof value !== "object" || value === null) return [];
  return ownVersion(value).length > 0 ? [versionsIn(value)] : Object.values(value).flatMap(responsesIn);
}

function versionsIn(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return [...ownVersion(value), ...Object.values(value).flatMap(versionsIn)];
}

function ownVersion(value: object): readonly unknown[] {
  const meta: unknown = "meta" in value ? value.meta : null;
  if (typeof meta !== "object" || meta === null || !("algo_version" in meta)) return [];
  return [meta.algo_version];
}
