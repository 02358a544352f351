import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sparkline } from "../../src/report/charts/sparkline.ts";
import { drawChart } from "../../src/report/charts/svg/draw.ts";
import { standaloneSvg } from "../../src/report/charts/svg/standalone-svg.ts";
import { parseSvg, writeSvg } from "../../src/report/charts/svg/svg-tree.ts";
import { tidySvg } from "../../src/report/charts/svg/tidy-svg.ts";
import { color, config, tokens } from "../../src/report/charts/theme.ts";

const theme = readFileSync(new URL("../../templates/theme.css", import.meta.url), "utf8");
const identity = { id: "one", title: "A <title> & more", description: "What it says." };

describe("the theme", () => {
  test("falls back on the light colours of templates/theme.css", () => {
    const light = theme.slice(0, theme.indexOf("@media"));
    for (const token of tokens) {
      const literal = new RegExp(`--${token}: (#[0-9a-f]{6});`).exec(light)?.[1];
      expect(color(token)).toBe(`var(--${token}, ${literal})`);
    }
  });

  test("uses only tokens that exist in the dark and in print, too", () => {
    const [, dark = "", print = ""] = theme.split("@media");
    for (const token of tokens) {
      expect(dark).toContain(`--${token}: `);
      expect(print).toContain(`--${token}: `);
    }
  });

  test("names no colour but tokens, and the one ramp that Vega has to mix", () => {
    const { range, ...rest } = config;
    expect(JSON.stringify(rest).replace(/var\(--[a-z-]+, #[0-9a-f]{6}\)/g, "")).not.toContain("#");
    expect(JSON.stringify(range)).toContain("var(--series-a");
  });
});

describe("drawing", () => {
  const spec = {
    data: { values: [{ a: 1 }] },
    mark: "point",
    encoding: { x: { field: "a", type: "quantitative" } },
  };

  test("even past the check of a cell's spec, nothing is loaded and nothing linked", async () => {
    const data = { ...spec, data: { url: "file:///etc/passwd" } };
    await expect(drawChart({ ...identity, spec: data })).rejects.toThrow(/may not load anything|passwd/);
    const link = { ...spec, mark: { type: "point", href: "javascript:alert(1)" } };
    await expect(drawChart({ ...identity, spec: link })).rejects.toThrow("may not link to anything");
  });

  test.each([
    "url(https://evil.example/a)",
    "URL('//evil.example')",
    "u\\72l(https://evil.example/a)",
    "image-set('x' 1x)",
  ])("a colour out of the data that a browser would fetch is refused: %s", async (fill) => {
    const encoding = { ...spec.encoding, fill: { field: "f", type: "nominal", scale: null } };
    const values = { values: [{ a: 1, f: fill }] };
    await expect(drawChart({ ...identity, spec: { ...spec, data: values, encoding } })).rejects.toThrow(
      "a chart may not refer to anything outside (fill of a path)",
    );
  });

  test("a text that only looks like it is a text, and a gradient of the chart's own is drawn", async () => {
    const mark = { type: "text", text: "url(https://evil.example/a)" };
    expect(await drawChart({ ...identity, spec: { ...spec, mark } })).toContain(
      ">url(https://evil.example/a)</text>",
    );
    const fill = {
      gradient: "linear",
      stops: [
        { offset: 0, color: "red" },
        { offset: 1, color: "blue" },
      ],
    };
    const bar = { ...spec, mark: { type: "bar", color: fill } };
    expect(await drawChart({ ...identity, spec: bar })).toMatch(/fill="url\(#one-[\w-]+\)"/);
  });

  test("more marks than a page can bear are an error", async () => {
    const transform = [{ calculate: "sequence(0, 20000)", as: "n" }, { flatten: ["n"] }];
    const encoding = { x: { field: "n", type: "quantitative" } };
    await expect(drawChart({ ...identity, spec: { ...spec, transform, encoding } })).rejects.toThrow(
      /^the drawing has 2\d{4} marks and \d MB: aggregate in SQL/,
    );
  });

  test("title and description are escaped", async () => {
    const svg = await drawChart({ ...identity, spec });
    expect(svg).toContain('<title id="one-title">A &lt;title&gt; &amp; more</title>');
    expect(svg).toContain('aria-labelledby="one-title one-desc"');
  });

  test("labels are measured, not guessed: the room left of a long label fits it within 15%", async () => {
    const label = "illicit little lilli";
    const bars = {
      data: { values: [{ a: label, b: 1 }] },
      mark: "bar",
      encoding: { y: { field: "a", title: null }, x: { field: "b", type: "quantitative" } },
    };
    const svg = await drawChart({ ...identity, spec: { ...bars, width: 100 } });
    const room = Number(/translate\(([\d.]+),/.exec(svg)?.[1]);
    // 20 characters: Vega's own guess is 0.8 x 20 x 12 = 192 pixels.
    expect(room).toBeGreaterThan(75);
    expect(room).toBeLessThan(105);
  });
});

describe("tidying", () => {
  const wrap = (inner: string) =>
    tidySvg(
      `<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="10" height="20" viewBox="0 0 10 20"><g fill="none">${inner}</g></svg>`,
      identity,
    );

  test("takes away styles, classes and what nobody sees", () => {
    const svg = wrap(
      '<g class="a" style="color:red"><path d="M0,0" display="none"/><path class="background" d="M0,0h1"/><text opacity="0">hidden</text><text font-size="10px" fill="#000">kept &amp; whole</text></g>',
    );
    expect(svg).toContain('<text font-size="10" fill="#000">kept &amp; whole</text>');
    expect(svg).not.toMatch(/style|hidden|background|<path/);
  });

  test("refuses what is no number, an image, a link", () => {
    expect(() => wrap('<path d="M0,NaN" fill="#000"/>')).toThrow("not a number");
    expect(() => wrap('<image xlink:href="x.png"/>')).toThrow("images or links");
    expect(() => wrap('<a xlink:href="x"><text>a</text></a>')).toThrow("images or links");
  });

  test("gives clip paths ids of the chart's own", () => {
    const svg = wrap(
      '<g clip-path="url(#clip1)"><path d="M0,0h5" stroke="#000"/></g><defs><clipPath id="clip1"><rect width="1" height="1"/></clipPath></defs>',
    );
    expect(svg).toContain('clip-path="url(#one-clip1)"');
    expect(svg).toContain('<clipPath id="one-clip1">');
  });

  test("a tree read and written is the same text", () => {
    const text =
      '<svg viewBox="0 0 1 1"><g fill="none"><text x="1">a &lt; "b"</text><path d="M0,0"/></g></svg>';
    expect(writeSvg(parseSvg(text))).toBe(text);
  });

  test("a chart alone gets its title, a background and the room for both", () => {
    const alone = standaloneSvg(wrap('<text font-size="10px" fill="#000">x</text>'));
    expect(alone).toMatch(/<rect x="-8" [^>]*fill="var\(--bg, #ffffff\)"\/>/);
    expect(alone).toContain(">&amp;</text>");
    expect(alone).toMatch(/viewBox="-8 -\d+ 26 \d+"/);
  });
});

describe("a sparkline", () => {
  const options = { id: "s", title: "Trend" };

  test("breaks where a value is missing and shows a value that stands alone", () => {
    const svg = sparkline([1, 2, null, 3, null, 4, 5], options);
    expect(svg.match(/M/g)).toHaveLength(3);
    expect(svg).toContain("h3");
  });

  test("ends in a dot at the last known value", () => {
    expect(sparkline([0, 1, null], options)).toContain('<circle cx="50" cy="3"');
  });

  test("is nothing when there is nothing", () => {
    expect(sparkline([null, null], options)).toBe("");
    expect(sparkline([], options)).toBe("");
  });

  test("holds the lines it is measured against inside of the picture", () => {
    const svg = sparkline([0.01, 0.02], { ...options, zero: 0, limit: -0.05 });
    expect(svg).toContain('d="M0,19H100" stroke="var(--rollback, #b0231f)" stroke-dasharray="3 2"');
  });
});
