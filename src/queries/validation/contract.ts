/** The columns a file must return, by kind: names and types, compared with what the engine would return. */
import type { Column, ColumnKind, DataEngine, TypedColumn } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem } from "../catalog/query-problem.ts";
import { asQueryFile } from "./inspect.ts";

type ColumnFamily = "date" | "text" | "number" | "any";

interface Family {
  /** Null: any. */
  readonly kinds: readonly ColumnKind[] | null;
  /** What to cast to. */
  readonly target: string;
  readonly meaning: string;
}

const families: Readonly<Record<ColumnFamily, Family>> = {
  date: { kinds: ["date"], target: "DATE", meaning: "a DATE" },
  text: { kinds: ["text"], target: "VARCHAR", meaning: "text" },
  number: { kinds: ["integer", "decimal", "double"], target: "BIGINT", meaning: "a number" },
  any: { kinds: null, target: "VARCHAR", meaning: "a value" },
};

/** Column → family, in the order of messages. */
type Contract = Readonly<Record<string, ColumnFamily>>;

const dayGrain: Contract = { event_date: "date", algo_version: "text" };
const unitGrain: Contract = { ...dayGrain, unit_id: "any" };
const contracts = {
  relation: dayGrain,
  /** What gatebook itself reads. */
  userDays: { ...unitGrain, impressions: "number", clicks: "number" },
  dimension: { ...unitGrain, value: "any" },
  ratio: { ...unitGrain, numerator: "number", denominator: "number" },
  concentration: { ...unitGrain, key: "any", weight: "number" },
  check: { status: "text", observed: "any", expected: "any", detail: "text" },
} as const satisfies Record<string, Contract>;

/** The columns that a file returns. Throws the first GatebookError `query` of what is wrong with them. */
export async function describeFile(engine: DataEngine, file: CatalogFile): Promise<readonly TypedColumn[]> {
  const columns = await engine.describe(asQueryFile(file));
  const [problem] = contractProblems(file, columns);
  if (problem !== undefined) throw problem;
  return columns;
}

/** Columns missing or of the wrong type, in the contract's order. Cells and sources have no contract here. */
export function contractProblems(
  file: CatalogFile,
  columns: readonly TypedColumn[],
): readonly GatebookError[] {
  const contract = contractOf(file);
  if (contract === null) return duplicateColumns(file, columns);
  const names = columns.map(({ name }) => name);
  const spare = names.filter((name) => !(name.toLowerCase() in contract));
  const problems = Object.entries(contract).flatMap(([wanted, family]) => {
    const column = columns.find(({ name }) => name.toLowerCase() === wanted);
    if (column === undefined) return [missingColumn(file, wanted, { names, spare })];
    const { kinds, target, meaning } = families[family];
    if (kinds === null || kinds.includes(column.kind)) return [];
    return [
      problem(
        file,
        `column "${wanted}" is ${column.type}, not ${meaning}`,
        `write CAST(… AS ${target}) AS ${wanted}`,
      ),
    ];
  });
  return [...duplicateColumns(file, columns), ...problems];
}

function contractOf(file: CatalogFile): Contract | null {
  switch (file.kind) {
    case "relation":
      return file.name === "user_days" ? contracts.userDays : contracts.relation;
    case "dimension":
      return contracts.dimension;
    case "metric":
      return file.header.top === null ? contracts.ratio : contracts.concentration;
    case "check":
      return contracts.check;
    case "cell":
    case "source":
      return null;
    default:
      return file.kind satisfies never;
  }
}

function missingColumn(
  file: CatalogFile,
  wanted: string,
  { names, spare }: Readonly<Record<"names" | "spare", readonly string[]>>,
): GatebookError {
  const meant = didYouMean(wanted, spare);
  const isConcentration = file.kind === "metric" && names.includes("key") && names.includes("weight");
  const hint =
    meant !== null
      ? `"${meant}" may be it: write ${meant} AS ${wanted}`
      : isConcentration && file.header.top === null
        ? "for a concentration of key and weight add the header line `-- @top 10`"
        : `it returns ${names.join(", ")}`;
  return problem(file, `the ${file.kind} returns no column "${wanted}"`, hint);
}

/** Row objects, and a table made of the query, would lose one of the two. */
function duplicateColumns(file: CatalogFile, columns: readonly Column[]): readonly GatebookError[] {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(twice)].map((name) =>
    problem(file, `two columns are called "${name}"`, "give one of them another name with AS"),
  );
}

/** The query as a whole is at fault: where it begins. */
function problem(file: CatalogFile, message: string, hint: string): GatebookError {
  return queryProblem(file, message, { ...queryPlace(file.sql), hint });
}

/** Whether all these columns are integers: then their sums are exact. */
export function areIntegers(columns: readonly TypedColumn[], ...names: readonly string[]): boolean {
  return names.every((name) =>
    columns.some((column) => column.name.toLowerCase() === name && column.kind === "integer"),
  );
}
