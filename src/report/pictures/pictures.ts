/** Charts and View in, PNG files out: summary.png, and a charts/NAME.png of each charts/NAME.svg. */
import { GatebookError, messageOf } from "../../model/error.ts";
import type { View } from "../view/view.ts";
import { openRasterizer } from "./rasterize.ts";
import { summaryPicture } from "./summary-picture.ts";

interface Picture {
  readonly path: string;
  /** In base64. */
  readonly content: string;
  readonly encoding: "base64";
}

/** A picture that cannot be made is told by its path, or "png" where none can; it costs no other file. */
export type OnFailure = (path: string, reason: string) => void;

interface SvgFile {
  /** "charts/delta-ctr.svg" */
  readonly path: string;
  readonly content: string;
}

/** Charts have two pixels for one, for screens that have. */
const chartScale = 2;

export async function renderPictures(
  view: View,
  charts: readonly SvgFile[],
  onFailure: OnFailure,
): Promise<readonly Picture[]> {
  const rasterize = await openRasterizer().catch((error: unknown) => onFailure("png", reasonOf(error)));
  if (rasterize === undefined) return [];
  const summary = { path: "summary.png", svg: () => summaryPicture(view), scale: 1 };
  const drawn = charts.map(({ path, content }) => ({
    path: path.replace(/\.svg$/, ".png"),
    svg: () => content,
    scale: chartScale,
  }));
  return [summary, ...drawn].flatMap(({ path, svg, scale }) => {
    try {
      return [{ path, content: rasterize(svg(), scale), encoding: "base64" as const }];
    } catch (error) {
      onFailure(path, reasonOf(error));
      return [];
    }
  });
}

function reasonOf(error: unknown): string {
  const hint = error instanceof GatebookError && error.hint !== undefined ? `; ${error.hint}` : "";
  return `${messageOf(error)}${hint}`;
}
