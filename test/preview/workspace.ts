/** Workspaces that a preview is opened on. */
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { copiedWorkspace, type Finally, sampleInto } from "../helpers/temp-workspace.ts";

/** Exports of three days, judged on the second by one metric, which reads a relation of its own. */
export function judgedWorkspace(finish: Finally): Promise<string> {
  return copiedWorkspace(finish, "preview", async (root) => {
    judgeBy(root, "top_author_share");
    await sampleInto(root, { scenario: "healthy", days: 3, usersPerDay: 120 });
    await runCase(root, { date: "2026-02-02" });
  });
}
