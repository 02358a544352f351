/** Saved feed responses → how many show which algorithm. Files saved before the instant are counted separately and prove nothing. */
import { readFile, realpath, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { escapePath, glob } from "tinyglobby";
import { GatebookError } from "../model/error.ts";
import type { ServedRequest } from "./events.ts";
import { parseResponses } from "./response-json.ts";

export interface ServedResponses {
  /** Responses that count: each shows the baseline alone, or the candidate, or another algorithm. */
  readonly responses: number;
  readonly candidate: number;
  readonly other: number;
  readonly files: number;
  /** Files saved before the instant. */
  readonly olderFiles: number;
  /** Where something else than the baseline was shown, e.g. "responses/3.json: clip-cosine-v2"; at most ten. */
  readonly shown: readonly string[];
  /** "responses/4.json: it is not JSON…" */
  readonly problems: readonly string[];
}

export interface ResponsesRequest extends Omit<ServedRequest, "until"> {
  /** Paths or globs, relative to `cwd`. */
  readonly patterns: readonly string[];
  readonly cwd: string;
}

const MOST_SHOWN = 10;

export async function readResponses(request: ResponsesRequest): Promise<ServedResponses> {
  const { cwd, baseline, candidate } = request;
  const paths = await findFiles(request);
  const isLater = await Promise.all(
    paths.map(async (path) => (await stat(path)).mtimeMs >= Date.parse(request.since)),
  );
  const later = paths.filter((_, index) => isLater[index] === true);
  const seen: { readonly place: string; readonly algorithms: readonly string[] }[] = [];
  const problems: string[] = [];
  for (const path of later) {
    const name = relative(cwd, path).split(sep).join("/");
    const parsed = parseResponses(await readFile(path, "utf8"));
    problems.push(...parsed.problems.map((problem) => `${name}: ${problem}`));
    for (const { algorithms, line } of parsed.responses)
      seen.push({ place: line === null ? name : `${name}:${line}`, algorithms });
  }
  const strange = seen.filter(({ algorithms }) => algorithms.some((one) => one !== baseline));
  const withCandidate = strange.filter(({ algorithms }) => algorithms.includes(candidate));
  return {
    responses: seen.length,
    candidate: withCandidate.length,
    other: strange.length - withCandidate.length,
    files: later.length,
    olderFiles: paths.length - later.length,
    shown: strange
      .slice(0, MOST_SHOWN)
      .map(({ place, algorithms }) => `${place}: ${[...new Set(algorithms)].sort().join(", ")}`),
    problems,
  };
}

/** Absolute paths in order, each file once. Throws GatebookError `input` for a pattern without files. */
async function findFiles({ patterns, cwd }: ResponsesRequest): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    const isFile = await stat(resolve(cwd, pattern)).then(
      (stats) => stats.isFile(),
      () => false,
    );
    // "feed[1].json" may be a plain name, and a plain name wins
    const names = await glob(isFile ? escapePath(pattern) : pattern, { cwd, absolute: true, dot: true });
    if (names.length === 0) {
      throw new GatebookError("input", `no file matches --responses ${pattern}`, {
        where: { file: cwd },
        hint: "save responses after the reload, e.g. with curl FEED-URL > responses/1.json",
      });
    }
    for (const name of names) found.set(await realpath(name), resolve(name));
  }
  return [...found.values()].sort();
}
