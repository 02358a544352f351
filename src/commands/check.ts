import { relative, resolve } from "node:path";
import { formatPlace } from "../model/error.ts";
import type { Finding } from "../queries/validation/finding.ts";
import { plural } from "../text/words.ts";
import { workflowCommand } from "../text/workflow-command.ts";
import { defineCommand } from "./terminal/command.ts";
import { detailLines } from "./terminal/errors.ts";
import { shared } from "./terminal/options.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const checkCommand = defineCommand({
  options: {
    ...shared("config"),
    format: {
      type: "string",
      choices: ["text", "github"],
      default: "text",
      describe: "github: annotations of a GitHub workflow",
    },
    remote: {
      type: "boolean",
      default: false,
      describe: "With engine trino: bind every file on the cluster, as the first check does anyway",
    },
  },
  examples: [["gatebook check --format github", "in a pull request"]],
  run: async (options, context) => {
    const { checkWorkspace } = await import("../runs/check/check-workspace.ts");
    const { file, root } = workspacePaths(options, context);
    const found = await checkWorkspace(file, { remote: options.remote, env: context.env });
    const findings = found.map((finding) => ({
      ...finding,
      where: { ...finding.where, file: relative(context.cwd, resolve(root, finding.where.file)) },
    }));
    const { print } = context.terminal;
    for (const finding of findings)
      print(options.format === "github" ? githubText(finding) : findingText(finding));
    const count = (wanted: Finding["level"]) => findings.filter(({ level }) => level === wanted).length;
    const errors = count("error");
    if (options.format === "text") print(summary(errors, count("warning")));
    return errors > 0 ? 2 : 0;
  },
});

function summary(errors: number, warnings: number): string {
  if (errors === 0 && warnings === 0)
    return "No problems: rollout.yaml, queries, charts and templates fit together.";
  return `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
}

/** The place first, as compilers print it, so that editors find it. */
function findingText({ level, message, where, ...rest }: Finding): string {
  return [`${formatPlace(where)}: ${level}: ${message}`, ...detailLines(rest)].join("\n");
}

/** GitHub's word for a note is notice. */
function githubText({ level, message, where, hint }: Finding): string {
  const { file, line, column } = where;
  const text = hint === null ? message : `${message}\nhint: ${hint}`;
  return workflowCommand(level === "note" ? "notice" : level, { file, line, col: column }, text);
}
