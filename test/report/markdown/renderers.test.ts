/** report.md and the step summary as two renderers read them: GitHub's dialect is not one program. */
import MarkdownIt from "markdown-it";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import { renderStepSummary } from "../../../src/report/github/step-summary.ts";
import { renderMarkdown } from "../../../src/report/markdown/markdown.ts";
import { packageTemplates } from "../../../src/report/templates/templates.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";

const commonMark = new MarkdownIt({ html: true });
const renderers = {
  "markdown-it": (text: string) => commonMark.render(text),
  marked: (text: string) => marked.parse(text, { async: false, gfm: true }),
} as const;

/** Of every table, how many cells each row has. */
function tables(html: string): readonly (readonly number[])[] {
  return [...html.matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) =>
    [...table.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => row.match(/<t[hd]\b/g)?.length ?? 0),
  );
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const codeOf = (html: string) =>
  [...html.matchAll(/<pre><code[^>]*class="language-sh"[^>]*>([\s\S]*?)<\/code><\/pre>/g)].map(
    ([, text = ""]) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name] ?? "").trimEnd(),
  );

describe.each(Object.entries(renderers))("%s", (_, render) => {
  it.each(Object.entries(reportStates))("reads every table, fold and shell line of %s", (__, result) => {
    const view = buildView(result);
    for (const text of [renderMarkdown(view), renderStepSummary(view, [packageTemplates])]) {
      const html = render(text);
      const found = tables(html);
      expect(found.length).toBeGreaterThan(1);
      for (const rows of found) expect(new Set(rows).size).toBe(1);
      expect(html.match(/<details>/g)?.length ?? 0).toBe(html.match(/<\/details>/g)?.length ?? 0);
      const shell = [...view.next.steps, ...view.next.others.flatMap(({ steps }) => steps)].flatMap(
        ({ shell: lines }) => (lines === "" ? [] : [lines.trimEnd()]),
      );
      expect(codeOf(html)).toEqual(shell);
      // Nothing that must be escaped is read as markup.
      expect(html).not.toMatch(/<script|<img[^>]+onerror/i);
    }
  });
});
