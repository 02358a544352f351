/** A staging file to begin with: each column of an event from the raw column that looks like it, and what is left over. */
import { type CanonicalName, canonicalNames } from "../model/event-columns.ts";

export interface RawSample {
  readonly name: string;
  /** The engine's type; text unless the file is Parquet. */
  readonly type: string;
  /** Texts found in it, in order of appearance. */
  readonly examples: readonly string[];
}

interface Candidate {
  /** "context.user.id" */
  readonly path: string;
  /** Its last part, alone and after the one before, in lower case and without separators: "id" and "userid". */
  readonly keys: readonly string[];
  readonly sql: string;
  readonly examples: readonly string[];
}

/** What exports call them, the surest first: lower case, without separators. */
const usualNames: Readonly<Record<CanonicalName, readonly string[]>> = {
  event_id: ["eventid", "eventuuid", "uuid", "insertid", "messageid", "id"],
  event_type: ["eventtype", "eventname", "event", "type", "action", "kind", "name"],
  occurred_at: [
    "occurredat",
    "eventtime",
    "eventtimestamp",
    "timestamp",
    "createdat",
    "datetime",
    "time",
    "ts",
    "at",
  ],
  event_date: ["eventdate", "date", "day", "dt"],
  user_id: ["userid", "uid", "userpseudoid", "memberid", "customerid", "accountid", "user"],
  session_id: ["sessionid", "sid", "gasessionid", "visitid", "anonymousid", "deviceid", "session"],
  item_id: ["itemid", "contentid", "postid", "clipid", "videoid", "productid", "articleid", "sku", "item"],
  author_id: ["authorid", "creatorid", "ownerid", "channelid", "author"],
  category_id: ["categoryid", "category", "topicid", "topic"],
  duplicate_group: ["duplicategroup", "dupgroup", "clusterid"],
  algo_version: [
    "algoversion",
    "algorithmversion",
    "algorithm",
    "algo",
    "modelversion",
    "model",
    "ranker",
    "variant",
    "experimentarm",
    "arm",
  ],
  dwell_seconds: ["dwellseconds", "dwellsec", "dwell", "dwelltime", "dwellms", "dwellmillis", "dwelltimems"],
  position: ["position", "pos", "rank", "slot", "index"],
  metadata: ["metadata", "meta", "properties", "props"],
};

/** The words of exports for the four types of events. */
const usualTypes: readonly (readonly [type: string, words: RegExp])[] = [
  ["impression", /impression|view|shown|seen|expos/i],
  ["click", /click|tap|open/i],
  ["favorite", /favo|like|save|bookmark/i],
  ["download", /download/i],
];

/** Without these a row is no event. */
const needed: readonly CanonicalName[] = ["event_type", "occurred_at", "algo_version"];

/** `file`: the export that was looked at, for the comment. The text is one SELECT that runs on it. */
export function draftSource(name: string, file: string, columns: readonly RawSample[]): string {
  const candidates = columns.flatMap(candidatesOf);
  const chosen = new Map<CanonicalName, Candidate>();
  for (const canonical of canonicalNames) {
    const best = bestFor(canonical, candidates, [...chosen.values()]);
    if (best !== null) chosen.set(canonical, best);
  }
  // the day follows from the time
  if (chosen.has("occurred_at")) chosen.delete("event_date");
  const lines = canonicalNames.flatMap((canonical) => lineFor(canonical, chosen));
  const used = [...chosen.values()].map(({ path }) => path);
  const unused = candidates.filter(({ path }) => !used.includes(path)).map(({ path }) => path);
  return `${[
    `-- One row of ${shown(file)} becomes one event. Which column is which is a guess by their names: correct it, and see what it`,
    `-- makes of the first thousand rows with gatebook query ${name}`,
    ...(unused.length === 0 ? [] : wrapped(`Not used: ${unused.map(shown).join(", ")}`)),
    "SELECT",
    lines.map(({ sql }, index) => `${sql}${index < lines.length - 1 ? "," : ""}`).join("\n"),
    `FROM ${sqlName(name)}`,
  ].join("\n")}\n`;
}

function bestFor(
  canonical: CanonicalName,
  candidates: readonly Candidate[],
  taken: readonly Candidate[],
): Candidate | null {
  const free = candidates.filter((each) => !taken.includes(each));
  for (const usual of usualNames[canonical]) {
    const [nearest] = free
      .filter(({ keys }) => keys.includes(usual))
      .toSorted((a, b) => a.path.split(".").length - b.path.split(".").length);
    if (nearest !== undefined) return nearest;
  }
  return null;
}

function lineFor(
  canonical: CanonicalName,
  chosen: ReadonlyMap<CanonicalName, Candidate>,
): readonly { readonly sql: string }[] {
  const candidate = chosen.get(canonical);
  if (candidate !== undefined) return [{ sql: `  ${expressionOf(canonical, candidate)} AS ${canonical}` }];
  if (!needed.includes(canonical) || (canonical === "occurred_at" && chosen.has("event_date"))) return [];
  return [
    {
      sql: `  -- no column looks like it, and no row is an event without it\n  CAST(NULL AS VARCHAR) AS ${canonical}`,
    },
  ];
}

function expressionOf(canonical: CanonicalName, candidate: Candidate): string {
  switch (canonical) {
    case "event_type":
      return typeOf(candidate);
    case "occurred_at":
      return timeOf(candidate);
    case "dwell_seconds":
      return candidate.keys.some((key) => /dwell.*m(illi)?s$/.test(key))
        ? `TRY_CAST(${candidate.sql} AS DOUBLE) / 1000`
        : candidate.sql;
    default:
      return candidate.sql;
  }
}

/** Words that are no event type of ours are left as they are: they are rejected, and named. */
function typeOf({ sql, examples }: Candidate): string {
  const words = [...new Set(examples)].slice(0, 50);
  const cases = words.flatMap((word) => {
    const [type] = usualTypes.find(([known, usual]) => word !== known && usual.test(word)) ?? [];
    return type === undefined ? [] : [`    WHEN ${quoted(word)} THEN ${quoted(type)}`];
  });
  return cases.length === 0 ? sql : [`CASE ${sql}`, ...cases, `    ELSE ${sql}`, "  END"].join("\n");
}

/** Numbers of seconds, milliseconds, microseconds or nanoseconds since 1970, by their size; anything else is read as it is. */
function timeOf({ sql, examples }: Candidate): string {
  const digits = examples.map((text) => /^(\d+)(\.\d+)?$/.exec(text)?.[1]?.length ?? 0);
  const [first = 0] = digits;
  const divisor = new Map([
    [10, 1],
    [13, 1000],
    [16, 1_000_000],
    [19, 1_000_000_000],
  ]).get(first);
  if (divisor === undefined || digits.some((count) => count !== first)) return sql;
  return divisor === 1
    ? `to_timestamp(TRY_CAST(${sql} AS DOUBLE))`
    : `to_timestamp(TRY_CAST(${sql} AS BIGINT) / ${divisor}.0)`;
}

/** The column, and the values within it where it is JSON, three levels deep. */
function candidatesOf({ name, type, examples }: RawSample): readonly Candidate[] {
  const own = { path: name, keys: [keyOf(name)], sql: sqlName(name), examples };
  const objects = examples.flatMap((text) => parsedObject(text) ?? []);
  if (objects.length === 0) return [own];
  const json = type === "VARCHAR" ? sqlName(name) : `to_json(${sqlName(name)})`;
  const leaves = new Map<string, { readonly keys: readonly string[]; readonly examples: string[] }>();
  for (const object of objects) collect(object, [], leaves);
  const inner = [...leaves.values()].map(({ keys, examples: found }) => ({
    path: [name, ...keys].join("."),
    keys: innerKeys([name, ...keys]),
    sql: `json_extract_string(${json}, ${quoted(`$${keys.map(pathStep).join("")}`)})`,
    examples: found,
  }));
  return [own, ...inner];
}

function collect(
  object: object,
  above: readonly string[],
  leaves: Map<string, { readonly keys: readonly string[]; readonly examples: string[] }>,
): void {
  for (const [key, value] of Object.entries(object)) {
    const keys = [...above, key];
    // what cannot be written within the quotes of a path
    if (/["\\*]/.test(key) || keys.length > 3) continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) collect(value, keys, leaves);
    else if (["string", "number", "boolean"].includes(typeof value)) {
      const leaf = leaves.get(keys.join("\0")) ?? { keys, examples: [] };
      leaf.examples.push(String(value));
      leaves.set(keys.join("\0"), leaf);
    }
  }
}

function parsedObject(text: string): object | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}

/** Of a path within a column: "id" and the like say whose only with the name before. */
function innerKeys(path: readonly string[]): readonly string[] {
  const [last = "", before = ""] = path.map(keyOf).toReversed();
  return ["id", "name", "type"].includes(last) ? [before + last] : [last, before + last];
}

function pathStep(key: string): string {
  return /^\w+$/.test(key) ? `.${key}` : `."${key}"`;
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** On one line, whatever a file or column is called. */
function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

/** Lines of a comment of about 110 characters. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "--";
  for (const word of text.split(" ")) {
    if (line.length + word.length > 110) {
      lines.push(line);
      line = "--  ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
