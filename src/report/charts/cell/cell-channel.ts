/** One channel of an analyst's spec, and what is known around it. */
import type { CellResult } from "../../../model/result.ts";
import type { Channel, ChartSpec, Json } from "../spec.ts";
import { isNode } from "./cell-check.ts";

export interface CellContext {
  readonly cell: CellResult;
  readonly baseline: string;
  readonly candidate: string;
  /** Of the plot whose labels are chosen: a panel of a facet is narrower than a chart. */
  readonly plotWidth: number;
}

export interface ChannelPlace {
  /** "x", "y", "color" … */
  readonly name: string;
  readonly channel: Channel | ChartSpec;
  readonly markType: Json | undefined;
}

export function isDiscrete(channel: Json | undefined): boolean {
  return isNode(channel) && (channel["type"] === "nominal" || channel["type"] === "ordinal");
}
