/** Size, note and margins of our own charts: the plot gets what axis labels and labels on the right leave. */
import { type ChartSpec, type Json, schemaUrl } from "./spec.ts";
import { safetyFactor, textWidth, wrapText } from "./svg/text-width.ts";
import { chartWidth, color, labelSize } from "./theme.ts";

export interface FrameOptions {
  /** How to read the chart, above it; what it shows is said by the caption of the page. */
  readonly note: string;
  /** Labels left and right of the plot, as drawn. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly height: number;
}

export interface ChartFrame {
  readonly width: number;
  readonly height: number;
  /** Everything of a spec but its layers. */
  readonly spec: ChartSpec;
}

/** Room between plot and label. */
const labelGap = 8;
const minWidth = 160;

export function frame({ note, left, right, height }: FrameOptions): ChartFrame {
  const width = Math.max(minWidth, Math.floor(chartWidth - widest(left) - widest(right) - 4));
  const title = note === "" ? {} : { title: noteTitle(note) };
  return { width, height, spec: { $schema: schemaUrl, width, height, ...title } };
}

/** A line of small text in the place of a title. */
export function noteTitle(note: string): Json {
  const text = wrapText(note, chartWidth, { size: labelSize });
  return { text, fontSize: labelSize, fontWeight: "normal", color: color("muted") };
}

function widest(labels: readonly string[]): number {
  if (labels.length === 0) return 0;
  return Math.max(...labels.map((label) => textWidth(label, labelSize) * safetyFactor)) + labelGap;
}
