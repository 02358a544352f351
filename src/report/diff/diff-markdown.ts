/** What differs between two results, as Markdown for a ticket. */
import { fence, md } from "../markdown/markdown-escape.ts";
import { diffSections, patchLines } from "./diff-sections.ts";
import type { Difference, ResultDiff } from "./result-diff.ts";

export function diffMarkdown(diff: ResultDiff): string {
  const head = `# ${md(diff.before)} → ${md(diff.after)}\n`;
  if (diff.isSame) return `${head}\nNothing differs.\n`;
  const tables = diffSections(diff).map(
    ({ title, differences }) => `## ${title}\n\n${tableOf(differences)}\n`,
  );
  const texts = diff.texts.map(
    (change) =>
      `**${md(change.path)}**, ${change.state}\n\n${fence(patchLines(change).join("\n"), "diff")}\n`,
  );
  const files = texts.length === 0 ? [] : [`## SQL and rollout.yaml\n`, ...texts];
  return [head, ...tables, ...files].join("\n");
}

function tableOf(differences: readonly Difference[]): string {
  const rows = differences.map(({ subject, what, beforeText, afterText }) =>
    [subject, what, beforeText, afterText].map((text) => ` ${md(text)} `).join("|"),
  );
  return ["| of | what | before | after |", "|---|---|---|---|", ...rows.map((row) => `|${row}|`)].join("\n");
}
