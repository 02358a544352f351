/** The columns a file must return, by kind: names and types, compared with what the engine says it would return. */
import type { Column, ColumnKind, TypedColumn } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import { didYouMean } from "../../model/suggest.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem } from "../catalog/query-problem.ts";

type ColumnFamily = "date" | "text" | "number" | "any";

interface Required {
  readonly name: string;
  readonly family: ColumnFamily;
}

const required = (name: string, family: ColumnFamily): Required => ({ name, family });
const unitGrain = [
  required("event_date", "date"),
  required("algo_version", "text"),
  required("unit_id", "any"),
];

const contracts = {
  relation: [required("event_date", "date"), required("algo_version", "text")],
  /** What gatebook itself reads. */
  userDays: [...unitGrain, required("impressions", "number"), required("clicks", "number")],
  ratio: [...unitGrain, required("numerator", "number"), required("denominator", "number")],
  concentration: [...unitGrain, required("key", "any"), required("weight", "number")],
  check: [
    required("status", "text"),
    required("observed", "any"),
    required("expected", "any"),
    required("detail", "text"),
  ],
} as const satisfies Record<string, readonly Required[]>;

/** Columns missing or of the wrong type, in the contract's order. Cells and sources have no contract here. */
export function contractProblems(
  file: CatalogFile,
  columns: readonly TypedColumn[],
): readonly GatebookError[] {
  const contract = contractOf(file);
  if (contract === null) return duplicateColumns(file, columns);
  const names = columns.map(({ name }) => name);
  const spare = names.filter((name) => !contract.some((wanted) => wanted.name === name.toLowerCase()));
  const problems = contract.flatMap((wanted) => {
    const column = columns.find(({ name }) => name.toLowerCase() === wanted.name);
    if (column === undefined) return [missingColumn(file, wanted, names, spare)];
    return isOf(wanted.family, column.kind) ? [] : [wrongType(file, wanted, column)];
  });
  return [...duplicateColumns(file, columns), ...problems];
}

function contractOf(file: CatalogFile): readonly Required[] | null {
  switch (file.kind) {
    case "relation":
      return file.name === "user_days" ? contracts.userDays : contracts.relation;
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
  wanted: Required,
  names: readonly string[],
  spare: readonly string[],
): GatebookError {
  const meant = didYouMean(wanted.name, spare);
  const isConcentration = file.kind === "metric" && names.includes("key") && names.includes("weight");
  const hint =
    meant !== null
      ? `"${meant}" may be it: write ${meant} AS ${wanted.name}`
      : isConcentration && file.header.top === null
        ? "for a concentration of key and weight add the header line `-- @top 10`"
        : `it returns ${names.join(", ")}`;
  return queryProblem(file, `the ${file.kind} returns no column "${wanted.name}"`, {
    ...queryPlace(file.sql),
    hint,
  });
}

function wrongType(file: CatalogFile, wanted: Required, column: Column): GatebookError {
  const target = { date: "DATE", text: "VARCHAR", number: "BIGINT", any: "VARCHAR" }[wanted.family];
  const meaning = { date: "a DATE", text: "text", number: "a number", any: "a value" }[wanted.family];
  return queryProblem(file, `column "${wanted.name}" is ${column.type}, not ${meaning}`, {
    ...queryPlace(file.sql),
    hint: `write CAST(… AS ${target}) AS ${wanted.name}`,
  });
}

/** Row objects, and a table made of the query, would lose one of the two. */
function duplicateColumns(file: CatalogFile, columns: readonly Column[]): readonly GatebookError[] {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(twice)].map((name) =>
    queryProblem(file, `two columns are called "${name}"`, {
      ...queryPlace(file.sql),
      hint: "give one of them another name with AS",
    }),
  );
}

function isOf(family: ColumnFamily, kind: ColumnKind): boolean {
  switch (family) {
    case "date":
    case "text":
      return kind === family;
    case "number":
      return kind === "integer" || kind === "decimal" || kind === "double";
    case "any":
      return true;
    default:
      return family satisfies never;
  }
}

/** Whether all these columns hold integers: then their sums are exact. */
export function areIntegers(columns: readonly TypedColumn[], ...names: readonly string[]): boolean {
  return names.every((name) =>
    columns.some((column) => column.name.toLowerCase() === name && column.kind === "integer"),
  );
}
