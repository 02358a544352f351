/** Pages of a statement → columns and rows. */
import { GatebookError } from "../../model/error.ts";
import type { Scalar } from "../../model/words.ts";
import type { Column, QueryFile, Table, TypedColumn } from "../engine.ts";
import { toScalar, typedColumn } from "./convert.ts";
import type { Page } from "./page.ts";

export interface PageReader {
  readonly columns: () => readonly Column[];
  readonly rows: (page: Page) => Scalar[][];
}

/** `file`: an analyst's, whose columns must have names of their own. */
export function pageReader({
  exact = false,
  file,
}: {
  readonly exact?: boolean | undefined;
  readonly file?: Pick<QueryFile, "file"> | undefined;
}): PageReader {
  let columns: readonly TypedColumn[] | null = null;
  return {
    columns: () => (columns ?? []).map(({ name, type }) => ({ name, type })),
    rows: (page) => {
      if (columns === null) {
        columns = (page.columns ?? []).map(({ name, type }) => typedColumn(name, type));
        if (file !== undefined) refuseDuplicateColumns(columns, file);
      }
      const kinds = columns.map(({ kind }) => kind);
      return (page.data ?? []).map((values) =>
        kinds.map((kind, index) => toScalar(values[index], kind, exact)),
      );
    },
  };
}

/** What our own statements read: all rows at once. */
export async function tableOf(read: (take: (page: Page) => void) => Promise<void>): Promise<Table> {
  const reader = pageReader({});
  const rows: Scalar[][] = [];
  await read((page) => {
    rows.push(...reader.rows(page));
  });
  return { columns: reader.columns(), rows };
}

/** Row objects would silently lose one of two columns of the same name. */
export function refuseDuplicateColumns(columns: readonly Column[], { file }: Pick<QueryFile, "file">): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index);
  if (twice === undefined) return;
  const hint = "give one of them another name with AS";
  throw new GatebookError("query", `two columns are called "${twice.name}"`, { where: { file }, hint });
}
