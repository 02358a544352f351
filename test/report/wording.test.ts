/** The words of the reports of the kept cases: no jargon outside the glossary, the evidence fold and what analysts wrote. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderAll } from "../../src/report/render.ts";
import { goldenResult } from "../helpers/golden.ts";

/** What a reader of the page cannot know, and what says it. */
const jargon: readonly (readonly [RegExp, string])[] = [
  [/\bbare thresholds?\b/i, "without the statistics"],
  [/\binsufficient\b/i, "not enough data yet"],
  [/statistically significant/i, "more than chance"],
  [/\bpeeking\b/i, "over all nights of the gate"],
  [/chi-square/i, "the p value, or chance in 100 splits"],
  [/concurrent baseline/i, "nobody to compare with"],
  [/\bfires (severe|rollback|warning)\b/i, "is past its line"],
  [/\bclassif(y|ies|ied)\b/i, "calls for"],
  [/out of the noise/i, "more than chance"],
  [/within the noise/i, "chance alone can do that"],
  [/\bpoints? (from|past|away)\b/i, "may fall a further 6.1%"],
  [/\breads (healthy|rollback|warning)\b/i, "raw number"],
  [/\bguardrails_measured\b|\bcells_ran\b/, "the check's title"],
  [/every delta|\bdeltas\b/i, "change"],
  [/TIME OF THE RELOAD|YOUR NAME|"WHY"/, "a line that runs as it is"],
  [/<br/, "nothing"],
];

/** As it is read, without what analysts wrote and what explains the words. */
function shownText(html: string): string {
  return html
    .replace(/<style[\s\S]*?<\/style>|<svg[\s\S]*?<\/svg>/g, " ")
    .replace(/<section id="(glossary|notebook|provenance)"[\s\S]*?<\/section>/g, " ")
    .replace(/<details>\s*<summary>Evidence and definition<\/summary>[\s\S]*?<\/details>/g, " ")
    .replace(/<[^>]+>/g, " ");
}

const folder = join(import.meta.dirname, "../cases");
const cases = readdirSync(folder, { withFileTypes: true })
  .filter(({ name }) => existsSync(join(folder, name, "expected/result.json")))
  .map(({ name }) => name);

describe.each(cases)("the words of %s", (name) => {
  it("are plain in the page, the mail, the message and the summary", async () => {
    const result = goldenResult(join(folder, name));
    const files = await renderAll(result, {
      formats: ["html", "txt", "email", "chat"],
      draw: async () => "<svg></svg>",
    });
    expect(files).toHaveLength(4);
    const found = files.flatMap(({ path, content }) =>
      jargon.flatMap(([pattern, better]) => {
        const text = path === "report.html" ? shownText(content) : content;
        const [word] = pattern.exec(text) ?? [];
        return word === undefined ? [] : [`${path}: ${word} (say: ${better})`];
      }),
    );
    expect(found).toEqual([]);
  });
});
