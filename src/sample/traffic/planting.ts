/** What every defect does: it changes one of a day's two files and records the number of rows. */

import type { Random } from "../../statistics/random.ts";
import type { DayExport, ExportFile } from "../exports/day-export.ts";
import type { Defect, DefectKind } from "../truth.ts";
import { shuffledOrder } from "./draws.ts";
import type { FeedRow, SaveRow } from "./rows.ts";

export type Planting = (clean: DayExport, random: Random) => DayExport;

export interface Wording {
  readonly kind: DefectKind;
  readonly text: string;
}

interface Planted<Row> {
  readonly file: ExportFile<Row>;
  readonly rows: number;
}

export function inFeed(
  clean: DayExport,
  wording: Wording,
  plant: (file: ExportFile<FeedRow>) => Planted<FeedRow>,
): DayExport {
  const { file, rows } = plant(clean.feed);
  return { ...clean, feed: file, defects: recorded(clean, wording, file.path, rows) };
}

/** Without effect where the file of saves is missing. */
export function inSaves(
  clean: DayExport,
  wording: Wording,
  plant: (file: ExportFile<SaveRow>) => Planted<SaveRow>,
): DayExport {
  if (clean.saves === null) return clean;
  const { file, rows } = plant(clean.saves);
  return { ...clean, saves: file, defects: recorded(clean, wording, file.path, rows) };
}

/** Up to `count` of the rows that are eligible. */
export function chooseRows<Row>(
  rows: readonly Row[],
  { count, eligible = () => true }: { readonly count: number; readonly eligible?: (row: Row) => boolean },
  random: Random,
): readonly Row[] {
  const candidates = rows.filter(eligible);
  const order = [...shuffledOrder(candidates.length, random).subarray(0, count)];
  return order.flatMap((index) => candidates[index] ?? []);
}

/** `turn`: place among the chosen. */
export function withChanges<Row>(
  file: ExportFile<Row>,
  chosen: readonly Row[],
  changed: (row: Row, turn: number) => Row,
): Planted<Row> {
  const turns = new Map(chosen.map((row, turn) => [row, turn]));
  const rows = file.rows.map((row) => {
    const turn = turns.get(row);
    return turn === undefined ? row : changed(row, turn);
  });
  return { file: { ...file, rows }, rows: chosen.length };
}

export function withCopies<Row>(file: ExportFile<Row>, copies: readonly Row[]): Planted<Row> {
  const { extraRows, duplicates } = file;
  const rows = copies.length;
  return { file: { ...file, extraRows: [...extraRows, ...copies], duplicates: duplicates + rows }, rows };
}

export function withBrokenLines<Row>(file: ExportFile<Row>, lines: readonly string[]): Planted<Row> {
  const brokenLines = [...file.brokenLines, ...lines];
  return { file: { ...file, brokenLines, rejected: file.rejected + lines.length }, rows: lines.length };
}

function recorded(
  { day, defects }: DayExport,
  { kind, text }: Wording,
  file: string,
  rows: number,
): readonly Defect[] {
  return rows === 0 ? defects : [...defects, { kind, date: day.date, file, rows, text }];
}
