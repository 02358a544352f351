/** Charts of a result.json that ask for more than there is: each fails within its budget, in the report, and the others are drawn. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { CellResult } from "../../src/model/result.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { buildCli } from "../helpers/built-cli.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { temporaryFolder } from "../helpers/temp-workspace.ts";

const stopped = /^drawing it (took longer than 10 s|took more than 512 MB of memory) and was stopped$/;
const calculated = (calculate: string) => ({
  mark: "point",
  transform: [{ calculate, as: "n" }],
  encoding: { x: { field: "n", type: "quantitative" } },
});
/** One that needs memory, one that needs time, one that is large. */
const hostile: Readonly<Record<string, readonly [spec: object, reason: RegExp]>> = {
  a_sequence: [calculated("length(sequence(0, 3e8))"), stopped],
  a_regular_expression: [calculated("test(/^(a+)+$/, pad('', 40, 'a') + 'b')"), stopped],
  marks: [
    {
      ...calculated("sequence(0, 20000)"),
      transform: [{ calculate: "sequence(0, 20000)", as: "n" }, { flatten: ["n"] }],
    },
    /^the drawing has \d+ marks|stopped$/,
  ],
};

it("ends each within its budget, and draws the rest", async () => {
  const folder = temporaryFolder(onTestFinished);
  const base = sampleResult();
  const [cell] = base.cells;
  if (cell === undefined) throw new Error("the sample has no cell");
  const plain = { mark: "bar", encoding: { x: { field: "n", type: "quantitative" } } };
  const cellOf = (name: string, spec: object): CellResult => ({
    ...cell,
    ...{ name, title: name, columns: [{ name: "n", type: "BIGINT", unit: null }] },
    ...{ rows: [[1], [2]], rowCount: 2, truncated: false, error: null },
    chart: { spec: { data: { name: "rows" }, ...spec }, description: name },
  });
  const cells = Object.entries(hostile).flatMap(([name, [spec]]) => [
    cellOf(name, spec),
    cellOf(`after_${name}`, plain),
  ]);
  writeFileSync(join(folder, "result.json"), serializeResult({ ...base, cells }));
  const gatebook = buildCli();
  const { code, stderr } = await gatebook(folder, "render", "result.json", "--out", "out", "--quiet");
  expect([code, stderr]).toEqual([0, ""]);
  const report = readFileSync(join(folder, "out/report.md"), "utf8");
  for (const [name, [, reason]] of Object.entries(hostile)) {
    const part = report.split(/^#+ /m).find((section) => section.split("\n")[0]?.includes(name)) ?? "";
    const said = /\*\*The chart could not be drawn:\*\* (.*)/.exec(part)?.[1] ?? "no error";
    expect(said.replaceAll("\\", ""), name).toMatch(reason);
    expect(readFileSync(join(folder, `out/charts/cell-after_${name}.svg`), "utf8")).toContain("<svg");
  }
});
