import { expect, it } from "vitest";
import { runChecks } from "../../../src/queries/measures/checks.ts";
import { catalogOf, openWarehouse } from "../warehouse.ts";

/** Rows in order, 2,000 that pass, then `last`. */
const many = (last: string): string =>
  `SELECT status, n AS observed, 0 AS expected, 'row ' || n AS detail -- of hours
   FROM (SELECT 'pass' AS status, range AS n FROM range(2000) UNION ALL VALUES ${last}) ORDER BY n;\n`;

async function run(sql: string) {
  const [check] = await runChecks(
    await openWarehouse(),
    catalogOf({ "checks/hours.sql": `-- @title Hours\n${sql}` }),
  );
  if (check === undefined) throw new Error("no check");
  return check;
}

it("a row that fails counts however many pass before it, and comes first with those that warn", async () => {
  const { rows, error } = await run(many("('warn', 2001), ('fail', 2002)"));
  expect(error).toBeNull();
  expect(rows).toHaveLength(1000);
  expect(rows.slice(0, 4).map(({ status, detail }) => `${status} ${detail}`)).toEqual([
    "fail row 2002",
    "warn row 2001",
    "pass row 0",
    "pass row 1",
  ]);
  expect((await run(many("('pass', 2001)"))).rows.every(({ status }) => status === "pass")).toBe(true);
});

it.each(["'OK'", "NULL"])("a status of %s behind them is an error", async (status) => {
  expect((await run(many(`(${status}, 2001)`))).error?.message).toContain("status");
});

it("long texts and many of them are cut, and what fails is kept", async () => {
  const { rows, error } = await run(
    `SELECT CASE range WHEN 399 THEN 'fail' ELSE 'pass' END AS status, [range] AS observed, repeat('e', 3000) AS expected,
      repeat('d', 1000000) AS detail, 'x' AS other FROM range(400) ORDER BY range`,
  );
  expect(error).toBeNull();
  expect(JSON.stringify(rows).length).toBeLessThan(300_000);
  expect(rows[0]).toEqual({
    status: "fail",
    observed: "[399]",
    expected: `${"e".repeat(2000)}…`,
    detail: `${"d".repeat(2000)}…`,
  });
  expect(rows[1]).toMatchObject({ status: "pass", observed: "[0]" });
});
