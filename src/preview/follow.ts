/** From one Result to the next: a note for every metric, check and cell that changed, fails or is fixed, and what is good now. Pure. */
import type { QueryError } from "../model/measurement.ts";
import type { Result } from "../model/result.ts";
import { verdictDifference } from "./differences.ts";
import { anchorOf, differenceOf, nameOf, type Subject, subjectsOf } from "./subjects.ts";

export interface Note {
  /** "metric ctr", "verdict" */
  readonly subject: string;
  /** Its id in the page; null: it has no place there any more. */
  readonly anchor: string | null;
  readonly kind: "changed" | "failed" | "fixed" | "new" | "gone";
  /** One difference each, e.g. "rows 24 → 23". */
  readonly differences: readonly string[];
  /** Failed: why. */
  readonly error: QueryError | null;
  /** Failed: its last good result; null: it never ran. */
  readonly lastGood: LastGood | null;
  /** Failed: lines of the file since then, "- " as they were and "+ " as they are. */
  readonly edits: readonly string[];
}

export interface LastGood {
  readonly subject: Subject;
  /** Of its file then. */
  readonly sql: string;
  /** "15:04:05" */
  readonly at: string;
}

export type Good = ReadonlyMap<string, LastGood>;

export interface Followed {
  readonly notes: readonly Note[];
  readonly good: Good;
}

export interface FollowStep {
  /** Null: the first. */
  readonly before: Result | null;
  readonly after: Result;
  readonly good: Good;
  /** "15:04:05" */
  readonly at: string;
}

export function follow({ before, after, good, at }: FollowStep): Followed {
  const earlier = new Map(before === null ? [] : subjectsOf(before).map((each) => [nameOf(each), each]));
  const now = subjectsOf(after);
  const next = new Map(good);
  const notes = now.flatMap((subject) => {
    const name = nameOf(subject);
    const last = good.get(name) ?? null;
    const sql = sqlOf(after, subject);
    const { error } = subject.part;
    if (error === null && !isSame(last, subject, sql)) next.set(name, { subject, sql, at });
    if (before === null) return error === null ? [] : [failedNote(subject, last, sql)];
    const was = earlier.get(name) ?? null;
    return noteOf({ subject, was, last, sql, isEdited: was === null || sqlOf(before, was) !== sql });
  });
  const names = new Set(now.map(nameOf));
  const gone = [...earlier.values()].filter((subject) => !names.has(nameOf(subject)));
  for (const subject of gone) next.delete(nameOf(subject));
  return { notes: [...verdictNote(before, after), ...notes, ...gone.map(goneNote)], good: next };
}

/** Then it is still the result of the earlier save. */
function isSame(last: LastGood | null, subject: Subject, sql: string): boolean {
  return last !== null && last.sql === sql && differenceOf(last.subject, subject).length === 0;
}

interface Noted {
  readonly subject: Subject;
  readonly was: Subject | null;
  readonly last: LastGood | null;
  readonly sql: string;
  readonly isEdited: boolean;
}

function noteOf({ subject, was, last, sql, isEdited }: Noted): readonly Note[] {
  const bare = { ...nothing, subject: nameOf(subject), anchor: anchorOf(subject) };
  const { error } = subject.part;
  if (error !== null) {
    const isOther = was === null || JSON.stringify(was.part.error) !== JSON.stringify(error);
    return isEdited || isOther ? [failedNote(subject, last, sql)] : [];
  }
  if (was === null) return [{ ...bare, kind: "new" }];
  const differences = last === null ? [] : differenceOf(last.subject, subject);
  if (was.part.error !== null) return [{ ...bare, kind: "fixed", differences }];
  return differences.length === 0 ? [] : [{ ...bare, kind: "changed", differences }];
}

const nothing = { differences: [], error: null, lastGood: null, edits: [] } as const;

function failedNote(subject: Subject, last: LastGood | null, sql: string): Note {
  const bare = { ...nothing, subject: nameOf(subject), anchor: anchorOf(subject), kind: "failed" } as const;
  const edits = last === null ? [] : editedLines(last.sql, sql);
  return { ...bare, error: subject.part.error, lastGood: last, edits };
}

function goneNote(subject: Subject): Note {
  return { ...nothing, subject: nameOf(subject), anchor: null, kind: "gone" };
}

function verdictNote(before: Result | null, after: Result): readonly Note[] {
  const differences = before === null ? [] : verdictDifference(before, after);
  if (differences.length === 0) return [];
  return [{ ...nothing, subject: "verdict", anchor: "main", kind: "changed", differences }];
}

function sqlOf({ provenance }: Result, { part }: Subject): string {
  return provenance.queries[part.path ?? ""]?.sql ?? "";
}

/** The last note on each subject, by name. */
export type OpenNotes = ReadonlyMap<string, OpenNote>;

export interface OpenNote extends Note {
  /** Time of the save it is about, "15:04:05". */
  readonly at: string;
}

/** A note stays until the same subject gets another; what concerns one save alone goes with the next. */
export function openNotes(before: OpenNotes, fresh: readonly Note[], at: string): OpenNotes {
  const kept = [...before].filter(([, { kind, subject }]) => kind !== "gone" && subject !== "verdict");
  return new Map([...kept, ...fresh.map((note) => [note.subject, { ...note, at }] as const)]);
}

/** Lines shown of each side. */
const SHOWN_LINES = 6;

/**
 * Which lines of a file an edit touched, from the first that differs to the last, e.g. ["- sum(clicks) AS numerator",
 * "+ sum(clickz) AS numerator"]; the same text: nothing.
 */
export function editedLines(before: string, after: string): readonly string[] {
  const [was, is] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const least = Math.min(was.length, is.length);
  let head = 0;
  while (head < least && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < least - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const [from, to] = [was.slice(head, was.length - tail), is.slice(head, is.length - tail)];
  // As many lines as before: those between that are the same are left out.
  const isOther = (_: string, index: number) => from.length !== to.length || from[index] !== to[index];
  return [...shownLines("-", from.filter(isOther)), ...shownLines("+", to.filter(isOther))];
}

function shownLines(sign: string, lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, SHOWN_LINES).map((line) => `${sign} ${line}`);
  const rest = lines.length - SHOWN_LINES;
  return rest > 0 ? [...shown, `${sign} … ${rest} more lines`] : shown;
}
