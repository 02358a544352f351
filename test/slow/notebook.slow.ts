/** Run All in a real Jupyter kernel: charts stay, and the night's changes are found again, or the last cell fails. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatebook } from "../helpers/gatebook.ts";
import { madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";

const needed = ["nbclient", "ipykernel", "nbformat", "duckdb", "pandas"];
const found = spawnSync("python3", ["-c", `import ${needed.join(", ")}`], { encoding: "utf8" });
const missing = found.status === 0 ? null : `needs python3 with ${needed.join(", ")}`;

/** Executes it in place; prints what each cell shows as JSON. */
const script = `
import json, os, sys, nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
path = sys.argv[1]
nb = nbformat.read(path, as_version=4)
nbformat.validate(nb)
error = None
try:
    NotebookClient(nb, timeout=120, kernel_name="python3", resources={"metadata": {"path": os.path.dirname(path)}}).execute()
except CellExecutionError as failed:
    error = failed.evalue
cells = {cell.id: [output.get("data", {}) for output in cell.outputs] for cell in nb.cells if cell.cell_type == "code"}
print(json.dumps({"cells": cells, "error": error}))
`;

type Outputs = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

interface Run {
  readonly cells: Outputs;
  readonly error: string | null;
}

function runAll(path: string): Run {
  const { stdout, stderr } = spawnSync("python3", ["-c", script, path], { encoding: "utf8", maxBuffer: 1e8 });
  const answer = stdout.trim().split("\n").at(-1) ?? "";
  if (!answer.startsWith("{")) throw new Error(stderr);
  return JSON.parse(answer) as Run;
}

const chartsIn = (cells: Outputs) =>
  Object.entries(cells).flatMap(([id, outputs]) =>
    outputs.flatMap((data) => ("image/svg+xml" in data ? [[id, data]] : [])),
  );

describe.skipIf(missing !== null)(
  `the notebook, Run All${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let path: string;
    let stored: Outputs;
    let ran: Run;

    beforeAll(async () => {
      const root = await madeWorkspace(afterAll);
      await sampleInto(root, { scenario: "healthy", usersPerDay: 100 });
      expect((await gatebook(root, "run", "--date", "2026-02-07", "--format", "ipynb")).code).toBe(0);
      path = join(root, "reports/clip-cosine-v2/2026-02-07/report.ipynb");
      const { cells } = JSON.parse(readFileSync(path, "utf8")) as {
        readonly cells: readonly {
          readonly id: string;
          readonly outputs?: readonly { readonly data?: Record<string, unknown> }[];
        }[];
      };
      stored = Object.fromEntries(
        cells.flatMap(({ id, outputs }) =>
          outputs === undefined ? [] : [[id, outputs.map(({ data = {} }) => data)]],
        ),
      );
      ran = runAll(path);
    }, 120_000);

    it("keeps every chart, to the byte", () => {
      expect(ran.error).toBeNull();
      const before = chartsIn(stored);
      expect(before.length).toBeGreaterThan(15);
      expect(chartsIn(ran.cells)).toEqual(before);
    });

    it("keeps counts whole and the share", () => {
      const table = String(ran.cells["metric-ctr"]?.at(-1)?.["text/plain"]);
      expect(table).toMatch(/numerator +denominator +share/);
      expect(table).not.toMatch(/\d{3}\.0\b/);
    });

    it("finds the night's changes again", () => {
      const table = String(ran.cells["same-changes"]?.at(-1)?.["text/plain"]);
      const rows = [...table.matchAll(/^\d+ +(\w+) +(\S+) +(\S+)$/gm)];
      expect(rows.map(([, name]) => name)).toContain("ctr");
      for (const [, , then, now] of rows) expect(now).toBe(then);
    });

    it("fails where the night's change is not what the data say", () => {
      const text = readFileSync(path, "utf8");
      const other = text.replace(/(\\"\\"\\"ctr\\"\\"\\": )(-?[\d.e-]+)/, (_, name: string) => `${name}0.5`);
      expect(other).not.toBe(text);
      const changed = path.replace("report.ipynb", "changed.ipynb");
      writeFileSync(changed, other);
      expect(runAll(changed).error).toContain("ctr changed by");
    });
  },
);
