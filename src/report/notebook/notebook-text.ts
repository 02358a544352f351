/** First and last cell of the notebook: the verdict with what to type, and where it all came from. */
import { fence, md } from "../markdown/markdown-escape.ts";
import type { View } from "../view/view.ts";

export function headText(view: View): string {
  const { verdict, subject, next } = view;
  const note = subject.comparisonNote === null ? [] : [`> ${md(subject.comparisonNote)}`];
  return [
    `# ${md(verdict.word)}: ${md(verdict.headline)}`,
    `**${md(verdict.reason)}**`,
    ...verdict.moreReasons.map((reason) => `- ${md(reason)}`),
    ...verdict.flags.map((flag) => `- **${md(flag.word)}**: ${md(flag.text)}`),
    ...note,
    `${md(subject.candidate)} against ${md(subject.baseline)} · gate ${md(subject.gate)}, ${md(subject.exposure)} of traffic · ${md(subject.window)} (${md(subject.completeDays)})`,
    "## What to do now",
    ...(next.commands.lines.length === 0 ? [] : [fence(next.commands.text, "sh")]),
    md(next.expect),
    "## The numbers",
    "Outputs are those of the night. Running a cell asks the published warehouse as it is now; charts are the night's.",
  ].join("\n\n");
}

export function tailText(view: View): string {
  return `Made by ${md(view.tool)} at ${md(view.generatedAt)}. Hashes, configuration and the decision trace stand in result.json beside this notebook.`;
}
