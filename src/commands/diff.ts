import { resolve } from "node:path";
import type { Difference, ResultDiff } from "../report/diff/result-diff.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { formatTable, left } from "./terminal/table.ts";

export const diffCommand = defineCommand({
  positionals: {
    before: { type: "string", demandOption: true, describe: "Path of a result.json, or of its folder" },
    after: { type: "string", demandOption: true, describe: "Path of another one" },
  },
  options: {
    format: {
      type: "string",
      choices: ["text", "md"],
      default: "text",
      describe: "md: Markdown for a ticket",
    },
    ...shared("json"),
  },
  examples: [
    ["gatebook diff reports/clip-cosine-v2/2026-02-06 reports/clip-cosine-v2/2026-02-07", "two nights"],
    ["gatebook diff staging/result.json reports/clip-cosine-v2/latest --format md", "for a pull request"],
  ],
  run: async (options, context) => {
    const [{ readResult, resultFile }, { diffResults }, { diffMarkdown }, sections] = await Promise.all([
      import("../result/read-result.ts"),
      import("../report/diff/result-diff.ts"),
      import("../report/diff/diff-markdown.ts"),
      import("../report/diff/diff-sections.ts"),
    ]);
    const read = (path: string) => readResult(resultFile(resolve(context.cwd, path)));
    const diff = diffResults(read(options.before), read(options.after));
    const text = (columns: number) =>
      options.format === "md" ? diffMarkdown(diff).trimEnd() : diffText(diff, sections, columns);
    answer(context, options.json, diff, text);
    return 0;
  },
});

type Sections = typeof import("../report/diff/diff-sections.ts");

function diffText(diff: ResultDiff, { diffSections, patchLines }: Sections, columns: number): string {
  const head = `${diff.before} → ${diff.after}`;
  if (diff.isSame) return `${head}\nNothing differs.`;
  const tables = diffSections(diff).map(
    ({ title, differences }) => `${title}\n${differencesText(differences, columns)}`,
  );
  const texts = diff.texts.map(
    (change) => `${change.path}, ${change.state}\n${patchLines(change).join("\n")}`,
  );
  return [head, ...tables, ...texts].join("\n\n");
}

/** Sentences, such as the reason of a night, fit into no column. */
function differencesText(differences: readonly Difference[], columns: number): string {
  if (differences.every(({ subject }) => subject === ""))
    return differences
      .map(({ what, beforeText, afterText }) => `${what}: ${beforeText} → ${afterText}`)
      .join("\n");
  const rows = differences.map(({ subject, what, beforeText, afterText }) => [
    subject,
    what,
    beforeText,
    afterText,
  ]);
  return formatTable(left("of", "what", "before", "after"), rows, { columns });
}
