import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { renderHtml } from "../../../src/report/templates/html.ts";
import { checkTemplates } from "../../../src/report/templates/template-check.ts";
import {
  exampleHtmlPage,
  exampleIndexPage,
  exampleMarkdownPage,
} from "../../../src/report/templates/template-examples.ts";
import { openTemplates, packageTemplates } from "../../../src/report/templates/templates.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { sampleResult } from "../../helpers/sample-result.ts";

const folders: string[] = [];

/** A workspace's template folder with these files. */
function workspace(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "gatebook-templates-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("the package's templates", () => {
  it("name no path that the view does not have", () => {
    expect(checkTemplates([packageTemplates])).toEqual([]);
  });

  it("render a view with every place filled, and one with every list empty", () => {
    expect(openTemplates([packageTemplates], "html").render("report", exampleHtmlPage)).toContain("</html>");
    expect(openTemplates([packageTemplates], "html").render("index", exampleIndexPage)).toContain("</html>");
    const empty = {
      ...buildView(sampleResult({ metrics: [], cells: [], checks: [], changes: [] })),
      css: "",
    };
    expect(openTemplates([packageTemplates], "html").render("report", empty)).toContain("</html>");
  });
});

describe("the examples that templates are checked against", () => {
  /** Places without a value: null, an empty list. */
  function holes(value: unknown, path = ""): readonly string[] {
    if (value === null || (Array.isArray(value) && value.length === 0)) return [path];
    if (typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, entry]) => holes(entry, `${path}.${key}`));
  }

  it("have every place filled, but those that are always empty", () => {
    // Only of guardrails does a day decide; the whole window has no flags, few metrics are one table without a title.
    const always = [
      ".informational.0.reads",
      ".informational.0.deltaOf",
      ".informational.0.strip.wholeX",
      ".days.window.flags",
      ".days.tables.0.title",
      ".days.tables.0.window.flags",
    ];
    expect(holes(exampleHtmlPage)).toEqual(always);
    expect(holes(exampleMarkdownPage)).toEqual(always);
    expect(holes(exampleIndexPage)).toEqual([]);
  });
});

describe("a workspace's templates", () => {
  it("replace the package's file by file", () => {
    const root = workspace({
      "html/partials/changes.hbs": '<section id="changes">ours: {{changes.summary}}</section>',
    });
    const html = renderHtml(buildView(sampleResult()), [root, packageTemplates]);
    expect(html).toContain("ours: 4 changes");
    expect(html).toContain('<section id="guardrails"');
  });

  it("replace the theme, which cannot end the style element", () => {
    const root = workspace({ "theme.css": ":root { --bg: #fefefe } /* </style><b>out</b> */" });
    const html = renderHtml(buildView(sampleResult()), [root, packageTemplates]);
    expect(html).toContain("--bg: #fefefe");
    expect(html).not.toContain("</style><b>");
  });

  it("change tokens of the theme and keep the others, and may leave the theme away", () => {
    const root = workspace({ "theme.css": ":root { --accent: #5b2a9d; }" });
    const html = renderHtml(buildView(sampleResult()), [root, packageTemplates]);
    expect(html.lastIndexOf("--accent: #5b2a9d")).toBeGreaterThan(html.indexOf("--accent: #1f5fae"));
    expect(html).toContain("--verdict-rollback: ");
    expect(renderHtml(buildView(sampleResult()), [workspace({}), packageTemplates])).toContain(
      "--accent: #1f5fae",
    );
  });

  it("are told of a token that no page uses", () => {
    const root = workspace({
      "theme.css": "/* --not-this: */\n:root {\n  --accnet: #5b2a9d;\n  --fg: var(--elsewhere);\n}\n",
    });
    expect(checkTemplates([root, packageTemplates])).toEqual([
      {
        file: join(root, "theme.css"),
        line: 3,
        column: 3,
        message: 'there is no token "--accnet"; did you mean "--accent"?',
      },
    ]);
  });

  it("are told where a path is wrong, with a suggestion", () => {
    const root = workspace({
      "html/partials/changes.hbs":
        "{{#if changes.item}}{{changes.summary}}{{/if}}\n{{#each cells}}\n  {{titel}}\n{{/each}}",
    });
    const found = checkTemplates([root, packageTemplates]);
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      '1:7 the view has no "changes.item": no "item" here; did you mean "items"?',
      '3:5 the view has no "titel"; did you mean "title"?',
    ]);
    expect(found[0]?.file).toBe(join(root, "html/partials/changes.hbs"));
  });

  it("are told where a path of the index is wrong", () => {
    const root = workspace({
      "html/index.hbs":
        "{{#each rollouts}}{{latest.wrod}}\n{{#each months}}{{#each weeks}}{{#each this}}{{night.glyph}}{{/each}}{{/each}}{{/each}}{{/each}}{{css}}",
    });
    const found = checkTemplates([root, packageTemplates]);
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      '1:21 the view has no "latest.wrod": no "wrod" here; did you mean "word"?',
      '2:48 the view has no "night.glyph": no "glyph" here',
    ]);
    expect(found[0]?.file).toBe(join(root, "html/index.hbs"));
  });

  it("are told of unknown helpers, partials and blocks, of text used as a list, and of a file that cannot be read", () => {
    const messages = (text: string) =>
      checkTemplates([workspace({ "html/partials/changes.hbs": text }), packageTemplates]).map(
        (found) => found.message,
      );
    expect(messages("{{upper title}}")).toEqual(['there is no helper "upper"']);
    expect(messages("{{> bagde}}")).toEqual(['there is no partial "bagde"; did you mean "badge"?']);
    expect(messages("{{#eech cells}}{{/eech}}")).toEqual(['there is no block "eech"; did you mean "each"?']);
    expect(messages("{{#each title}}{{this}}{{/each}}")).toEqual(['"title" is not a list']);
    expect(messages("{{#if title}}")[0]).toContain("cannot be read: Parse error");
    expect(messages("{{#each cells}}{{../verdict.wrod}}{{@frist}}{{/each}}")).toEqual([
      'the view has no "../verdict.wrod": no "wrod" here; did you mean "word"?',
      'there is no "@frist"',
    ]);
  });

  it("cannot reach prototypes, call what they like or log", () => {
    const attacks = [
      "{{constructor.name}}",
      "{{title.constructor}}",
      "{{__proto__}}",
      "{{lookup this 'constructor'}}",
      "{{#with (lookup this 'constructor')}}{{name}}{{/with}}",
      "{{log title}}",
      "{{toString}}",
    ];
    for (const text of attacks) {
      const root = workspace({ "html/partials/changes.hbs": text });
      const page = () => renderHtml(buildView(sampleResult()), [root, packageTemplates]);
      let html = "";
      try {
        html = page();
      } catch (error) {
        expect(String(error)).toMatch(/template cannot be rendered/);
        continue;
      }
      expect(html).not.toMatch(/native code|\[Function|Object</);
    }
  });

  it("fail with the place and the way to find out more", () => {
    const root = workspace({ "html/partials/changes.hbs": "{{chnages.summary}}" });
    expect(() => renderHtml(buildView(sampleResult()), [root, packageTemplates])).toThrowError(
      expect.objectContaining({ code: "config", hint: expect.stringContaining("gatebook check") }),
    );
  });
});

describe("templates/README.md", () => {
  const readme = readFileSync(join(packageTemplates, "README.md"), "utf8");
  const shapes = [
    ["word", "tone", "glyph"],
    ["message", "place", "excerpt", "hint"],
    ["label", "value"],
    ["word", "tone", "icon", "gate", "link"],
  ].map((keys) => keys.join());

  it("has a theme and a partial that pass check and change the page", () => {
    const example = (kind: string) => readme.split(`\`\`\`${kind}\n`)[1]?.split("```")[0] ?? "";
    const root = workspace({ "theme.css": example("css"), "html/partials/changes.hbs": example("hbs") });
    expect(checkTemplates([root, packageTemplates])).toEqual([]);
    const html = renderHtml(buildView(sampleResult()), [root, packageTemplates]);
    expect(html).toContain("--candidate: #5b2a9d");
    expect(html).toContain("<p>4 changes</p>");
  });

  /** Every path of a view: lists as `[]`, the shapes above not opened. */
  function paths(value: unknown, path = ""): readonly string[] {
    if (Array.isArray(value)) return paths(value[0], `${path}[]`);
    if (typeof value !== "object" || value === null || shapes.includes(Object.keys(value).join()))
      return [path];
    return Object.entries(value).flatMap(([key, entry]) =>
      paths(entry, path === "" ? key : `${path}.${key}`),
    );
  }

  /** The code spans of a section's list items, as far as their colons: "- `title`, `tool`: what it is". */
  function documented(section: string): ReadonlySet<string> {
    const text = readme.split(`## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
    const items = [...text.matchAll(/^- ((?:`[^`]+`|[^:`])+):/gm)];
    return new Set(
      items.flatMap(([, paths]) => [...(paths ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")),
    );
  }

  const report = [...paths(exampleHtmlPage), ...paths(exampleMarkdownPage)].map((path) =>
    path
      .replace("informational[]", "guardrails[]")
      .replace(/^evidence\[\]\..*/, "evidence[]")
      .replace(/^(health|preflight)\.(open|settled)\[\]\..*/, "$1.$2[]"),
  );
  const index = paths(exampleIndexPage).map((path) => path.replace(/(nights|others)\[\]\..*/, "$1[]"));

  it.each([
    ["The view", report],
    ["The view of index.html", index],
  ])('documents every path of "%s", and none that is not there', (section, given) => {
    const known = documented(section);
    expect(given.filter((path) => !known.has(path))).toEqual([]);
    expect([...known].filter((path) => !given.includes(path))).toEqual([]);
  });
});
