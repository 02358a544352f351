/** A Vega-Lite spec as plain JSON, and the small words every chart of ours shares. */

export interface ChartSpec {
  readonly [key: string]: Json | undefined;
}

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A chart ready to be drawn: `id` is unique in a report, e.g. "delta-ctr". */
export interface Chart {
  readonly id: string;
  /** What a screen reader calls it. */
  readonly title: string;
  /** What it shows, in words and numbers. */
  readonly description: string;
  readonly spec: ChartSpec;
}

export const schemaUrl = "https://vega.github.io/schema/vega-lite/v5.json";

export interface ChartLayer {
  readonly data: { readonly values: readonly Json[] };
  readonly mark: Json;
  readonly encoding: Readonly<Record<string, Channel>>;
}

/** One layer of a chart, over rows of its own. */
export function layer(values: readonly Json[], mark: Json, encoding: ChartLayer["encoding"]): ChartLayer {
  return { data: { values }, mark, encoding };
}

/**
 * Scales and axes are set once, on one layer: set twice, Vega-Lite sees a conflict even where they agree. It must be
 * a layer without x2, whose time domain Vega-Lite (6.4) would read in two ways at once.
 */
export function withAxes(layers: readonly ChartLayer[], x: Channel, y: Channel): readonly Json[] {
  const carrier = layers.findIndex(
    ({ encoding }) => "x" in encoding && "y" in encoding && !("x2" in encoding),
  );
  return layers.map(({ data, mark, encoding }, index) => ({
    data,
    mark,
    encoding:
      index === carrier
        ? { ...encoding, x: { ...encoding["x"], ...x }, y: { ...encoding["y"], ...y } }
        : encoding,
  }));
}

export type Channel = Readonly<Record<string, Json>>;

export const time = (field: string): Channel => ({ field, type: "temporal", title: null });
export const amount = (field: string): Channel => ({ field, type: "quantitative", title: null });
/** A channel whose rows contain what is drawn: a colour, a dash pattern, a shape. */
export const asIs = (field: string): Channel => ({ field, type: "nominal", scale: null });
