/**
 * SVG text in, PNG out, by resvg: no browser, no network, nothing read but the fonts named here. Both packages are optional and loaded
 * only when a picture is asked for. Text is set in Arimo, which has the widths of Arial that every chart is laid out with; only for
 * scripts that Arimo lacks the machine's own fonts are searched.
 */
import { createRequire } from "node:module";
import { GatebookError } from "../../model/error.ts";

/** SVG → PNG in base64; `scale` 2 has twice the pixels. Throws an Error with the reason. */
export type Rasterize = (svg: string, scale: number) => string;

const fonts = ["400Regular/Arimo_400Regular.ttf", "700Bold/Arimo_700Bold.ttf"] as const;

/** Throws GatebookError `usage` where a package is missing. */
export async function openRasterizer(): Promise<Rasterize> {
  const { Resvg, fontFiles } = await loadPackages();
  return (svg, scale) => {
    const font = {
      fontFiles: [...fontFiles],
      loadSystemFonts: beyondArimo.test(svg),
      defaultFontFamily: "Arimo",
      sansSerifFamily: "Arimo",
    };
    const image = new Resvg(withoutTokens(svg), { font, fitTo: { mode: "zoom", value: scale } });
    return image.render().asPng().toString("base64");
  };
}

async function loadPackages() {
  try {
    const { Resvg } = await import("@resvg/resvg-js");
    const { resolve } = createRequire(import.meta.url);
    return { Resvg, fontFiles: fonts.map((font) => resolve(`@expo-google-fonts/arimo/${font}`)) };
  } catch (cause) {
    throw new GatebookError("usage", "pictures need two packages that are not installed", {
      hint: "npm install @resvg/resvg-js @expo-google-fonts/arimo",
      cause,
    });
  }
}

/** Latin, Greek, Cyrillic and Hebrew with their punctuation, arrows and signs are in Arimo. */
const beyondArimo = /[^\s!-\u05ff\u1e00-\u214f\u2190-\u22ff\u25a0-\u25cf]/u;

/** "var(--candidate, #1f5fae)" → "#1f5fae": there is no page to have a theme. */
function withoutTokens(svg: string): string {
  return svg.replace(/var\(--[\w-]+,\s*(#[\da-f]{3,8})\)/gi, "$1");
}
