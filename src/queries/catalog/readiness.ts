/** Whether a file can be run at all: its header, the relations it reads, the columns the exports have. */
import type { DataEngine } from "../../engine/engine.ts";
import type { QueryError } from "../../model/measurement.ts";
import { readFile } from "../validation/inspect.ts";
import type { CatalogFile } from "./catalog.ts";
import { unbuiltRelation } from "./query-problem.ts";

export interface Readiness {
  readonly failed: ReadonlyMap<string, QueryError>;
  readonly known: ReadonlySet<string>;
  /** Why user_days cannot be read, which gatebook itself needs; null: it can. */
  readonly userDays: QueryError | null;
}

const USER_DAYS = "user_days";
const NO_USER_DAYS: QueryError = {
  message: "there is no relation user_days",
  file: `queries/relations/${USER_DAYS}.sql`,
  line: null,
  column: null,
  excerpt: null,
  hint: "gatebook reads units, impressions and clicks from it: take the shipped queries/relations/user_days.sql",
};

/** `failed`: relations that could not be built, by name. */
export async function readReadiness(
  engine: DataEngine,
  failed: Readiness["failed"] = new Map(),
): Promise<Readiness> {
  const known = await engine.tables();
  return {
    failed,
    known,
    userDays: failed.get(USER_DAYS) ?? (known.has(USER_DAYS) ? null : NO_USER_DAYS),
  };
}

/** Throws the first GatebookError that keeps a file from being run. */
export async function refuseUnready(
  engine: DataEngine,
  file: CatalogFile,
  { failed, known }: Readiness,
): Promise<void> {
  const [own] = file.problems;
  if (own !== undefined) throw own;
  const { tables, problems } = await readFile(engine, file, known);
  const broken = tables.find(({ name }) => failed.has(name));
  if (broken !== undefined) throw unbuiltRelation(file, broken);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
}

/** "column author_id is absent", or null when all it requires is there. */
export function absentColumns(file: CatalogFile, present: ReadonlySet<string> | undefined): string | null {
  const absent = present === undefined ? [] : file.header.requires.filter((name) => !present.has(name));
  if (absent.length === 0) return null;
  return absent.length === 1 ? `column ${absent[0]} is absent` : `columns ${absent.join(", ")} are absent`;
}
