/** Whether a chart can be drawn: the report's answer, asked by `check` and by a run before they store a chart. */
import type { CellChart, CellColumn } from "./result.ts";

export interface ChartFault {
  readonly message: string;
  readonly hint: string;
  /** The key or the text of the spec to find the place by. */
  readonly word: string;
}

/** All that is wrong with a chart of a cell with these columns. */
export type ChartCheck = (chart: CellChart, columns: readonly CellColumn[]) => Promise<readonly ChartFault[]>;
