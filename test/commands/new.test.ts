/** `gatebook new`, as it is shipped: what it writes passes `gatebook check` at once, and what it refuses it says in full. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { gatebook } from "../helpers/gatebook.ts";
import { madeWorkspace, packageRoot } from "../helpers/temp-workspace.ts";

const sound = "No problems: rollout.yaml, queries, charts and templates fit together.\n";

describe("gatebook new", () => {
  it.each([
    ["metric", ["metric", "deep_scroll_share"], "queries/metrics/deep_scroll_share.sql", sound],
    [
      "concentration",
      ["metric", "author_share", "--shape", "concentration"],
      "queries/metrics/author_share.sql",
      sound,
    ],
    ["check", ["check", "units_known"], "queries/checks/units_known.sql", sound],
    ["cell", ["cell", "clicks_by_day"], "queries/cells/clicks_by_day.sql", sound],
    [
      "relation",
      ["relation", "unit_clicks"],
      "queries/relations/unit_clicks.sql",
      `queries/relations/unit_clicks.sql:1:1: warning: nothing reads the relation "unit_clicks"
    -- @title Unit clicks
    ^
  hint: it is built every night all the same; delete the file if nobody needs it
0 errors, 1 warning
`,
    ],
  ])("a new %s passes the check as it is written", async (_, words, path, checked) => {
    const root = await madeWorkspace(onTestFinished);
    const { code, stdout } = await gatebook(root, "new", ...words);
    expect([code, stdout.split("\n")[0]]).toEqual([0, `Wrote ${path}.`]);
    expect(existsSync(join(root, path))).toBe(true);
    expect(await gatebook(root, "check")).toEqual({ code: 0, stdout: checked, stderr: "" });
  });

  it("says of a metric what to do next, the thresholds of a guardrail too", async () => {
    const root = await madeWorkspace(onTestFinished);
    const { stdout } = await gatebook(root, "new", "metric", "deep_scroll_share");
    expect(stdout).toBe(`Wrote queries/metrics/deep_scroll_share.sql.
Next:
  edit queries/metrics/deep_scroll_share.sql; it runs as it is; its comments say what to change
  gatebook check
  gatebook query deep_scroll_share
It is informational until rollout.yaml says how much worse is too much. To make it a guardrail, add under thresholds:
  deep_scroll_share: { drop: { warning: 3%, rollback: 5% } }     # rise instead of drop when less is better
`);
  });

  it("changes neither rollout.yaml nor any query that is there", async () => {
    const root = await madeWorkspace(onTestFinished);
    const before = readFileSync(join(root, "rollout.yaml"), "utf8");
    await gatebook(root, "new", "metric", "deep_scroll_share");
    expect(readFileSync(join(root, "rollout.yaml"), "utf8")).toBe(before);
  });

  it("keeps the shipped metrics when the workspace had no folder of its own", async () => {
    const root = await madeWorkspace(onTestFinished);
    rmSync(join(root, "queries/metrics"), { recursive: true });
    const { stdout } = await gatebook(root, "new", "metric", "deep_scroll_share");
    const shipped = readdirSync(join(packageRoot, "queries/metrics"));
    expect(stdout.split("\n")[1]).toBe(
      `The workspace had no queries/metrics/ of its own: the ${shipped.length} shipped files are copied beside it and still count.`,
    );
    expect(readdirSync(join(root, "queries/metrics"))).toEqual([...shipped, "deep_scroll_share.sql"].sort());
    expect((await gatebook(root, "check")).stdout).toBe(sound);
  });

  it.each([
    [
      "a name with capitals and dashes, with one that would do",
      ["metric", "Deep-Scroll"],
      `error: "Deep-Scroll" cannot be the name of a metric
  hint: use lower-case letters, digits and _, a letter first, e.g. deep_scroll
`,
    ],
    [
      "a name that leaves the folder",
      ["cell", "../../etc/passwd"],
      `error: "../../etc/passwd" cannot be the name of a cell
  hint: use lower-case letters, digits and _, a letter first, e.g. etc_passwd
`,
    ],
    [
      "a name without letters",
      ["check", "42"],
      `error: "42" cannot be the name of a check
  hint: use lower-case letters, digits and _, a letter first
`,
    ],
    [
      "a name that another folder has",
      ["cell", "ctr"],
      `error: the name "ctr" is taken by queries/metrics/ctr.sql
  hint: a name means one thing in all folders of queries; choose another one
`,
    ],
    [
      "the name of a lookup",
      ["relation", "items"],
      `error: the name "items" is taken by a lookup of rollout.yaml
  hint: a name means one thing in all folders of queries; choose another one
`,
    ],
    [
      "a relation that would hide a table",
      ["relation", "events"],
      `error: the name "events" is taken by a table of gatebook's own
  hint: a name means one thing in all folders of queries; choose another one
`,
    ],
  ])("refuses %s, and writes nothing", async (_, words, stderr) => {
    const root = await madeWorkspace(onTestFinished);
    const before = readdirSync(join(root, "queries"), { recursive: true }).sort();
    expect(await gatebook(root, "new", ...words)).toEqual({ code: 2, stdout: "", stderr });
    expect(readdirSync(join(root, "queries"), { recursive: true }).sort()).toEqual(before);
  });

  it("refuses a kind that does not exist", async () => {
    const root = await madeWorkspace(onTestFinished);
    const { code, stderr } = await gatebook(root, "new", "metrics", "deep_scroll_share");
    expect(code).toBe(2);
    expect(stderr).toContain(
      'kind must be metric, check, cell, relation, dimension or source, not "metrics"; did you mean "metric"?',
    );
  });
});
