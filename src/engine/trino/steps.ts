/**
 * Parts of a statement that are made tables first. Trino puts the text of a WITH wherever its name is read: parts that are read often,
 * of parts that are read often, would come to hundreds of scans (489 stages of 150 allowed, seen). A step costs about as much as reading
 * a few tables; parts are made steps, of those that the statement marks as MATERIALIZED, for as long as that saves scans.
 */
import { type Meaning, withMeanings } from "./layers.ts";
import { type Pieces, slice, textOf } from "./pieces.ts";
import { tablesNamed, tablesRead, type WithList, withList } from "./with-list.ts";

/** A table's creation is worth so many scans: planning, writing, committing. A part's own work is worth one. */
const STEP_SCANS = 2;
const OWN_SCANS = 1;

/** Makes the table of one part. */
export type MakeStep = (name: string, select: Pieces) => Promise<string>;

/**
 * The statement with its steps made, each as soon as those that it reads are there, and read instead of the parts. Words of
 * MATERIALIZED are gone from it, for Trino has no such word.
 */
export async function withSteps(statement: Pieces, make: MakeStep): Promise<Pieces> {
  const sql = textOf(statement);
  const list = withList(sql);
  if (list === null || !list.parts.some(({ isMarked }) => isMarked)) return statement;
  const tables = new Map<string, Promise<string>>();
  for (const name of stepsOf(sql, list)) tables.set(name, makeStep(statement, list, { name, tables, make }));
  const made = new Map<string, string>();
  // all are waited for: a step that still runs would outlive its statement
  const settled = await Promise.allSettled(tables.values());
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  for (const [name, table] of tables) made.set(name, await table);
  return assembled(statement, list, { made, body: [list.body, sql.length] });
}

interface StepRequest {
  readonly name: string;
  /** Of the steps before. */
  readonly tables: ReadonlyMap<string, Promise<string>>;
  readonly make: MakeStep;
}

async function makeStep(
  statement: Pieces,
  list: WithList,
  { name, tables, make }: StepRequest,
): Promise<string> {
  const part = list.parts.find((one) => one.name === name);
  if (part === undefined) throw new Error(`no part ${name}`);
  const { start, end } = part;
  const made = new Map<string, string>();
  const before = new Map(tables);
  for (const needed of neededParts(statement, list, {
    from: [start, end],
    isMade: (one) => before.has(one),
  })) {
    const table = before.get(needed);
    if (table !== undefined) made.set(needed, await table);
  }
  return await make(name, assembled(statement, list, { made, body: [start, end] }));
}

interface Assembly {
  readonly made: ReadonlyMap<string, string>;
  /** Where its own SELECT is in the statement. */
  readonly body: readonly [number, number];
}

function assembled(statement: Pieces, list: WithList, { made, body }: Assembly): Pieces {
  const needed = new Set(neededParts(statement, list, { from: body, isMade: (name) => made.has(name) }));
  const meanings = list.parts
    .filter(({ name }) => needed.has(name))
    .map(({ name, head, start, end }): Meaning => {
      const table = made.get(name);
      return table === undefined
        ? { name, head, select: slice(statement, start, end) }
        : { name, select: [`SELECT * FROM ${table}`] };
    });
  return withMeanings(slice(statement, ...body), meanings, list.isRecursive ? "WITH RECURSIVE" : "WITH");
}

interface Needing {
  readonly from: readonly [number, number];
  readonly isMade: (name: string) => boolean;
}

/** Names of the parts that a stretch of the statement reads, and those that they read, as far as they are no tables. */
function neededParts(statement: Pieces, list: WithList, { from, isMade }: Needing): readonly string[] {
  const sql = textOf(statement);
  const needed = new Set<string>();
  const visit = ([start, end]: readonly [number, number]): void => {
    for (const name of tablesNamed(sql.slice(start, end))) {
      const part = list.parts.find((one) => one.name === name);
      if (part === undefined || part.end > start || needed.has(name)) continue;
      needed.add(name);
      if (!isMade(name)) visit([part.start, part.end]);
    }
  };
  visit(from);
  return [...needed];
}

/** Names of the parts that are to be tables, in the order in which they can be made. */
function stepsOf(sql: string, list: WithList): readonly string[] {
  const reads = list.parts.map(({ start, end }) => tablesRead(sql.slice(start, end)));
  const names = list.parts.map(({ name }) => name);
  const body = tablesRead(sql.slice(list.body));
  const costOf = (steps: ReadonlySet<string>): number => {
    const inlined = new Map<string, number>();
    const scansOf = (mentioned: readonly string[]): number =>
      mentioned.reduce((sum, name) => sum + (inlined.get(name) ?? 1), 0);
    let cost = 0;
    reads.forEach((mentioned, index) => {
      const name = names[index] ?? "";
      const scans = scansOf(mentioned);
      if (steps.has(name)) cost += scans + STEP_SCANS;
      inlined.set(name, steps.has(name) ? 1 : OWN_SCANS + scans);
    });
    return cost + scansOf(body);
  };
  const candidates = list.parts.filter(({ isMaterialized }) => isMaterialized).map(({ name }) => name);
  let steps: ReadonlySet<string> = new Set();
  for (;;) {
    const present = costOf(steps);
    const [best] = candidates
      .filter((name) => !steps.has(name))
      .map((name) => ({ name, cost: costOf(new Set([...steps, name])) }))
      .toSorted((left, right) => left.cost - right.cost);
    if (best === undefined || best.cost >= present) break;
    steps = new Set([...steps, best.name]);
  }
  return names.filter((name) => steps.has(name));
}
