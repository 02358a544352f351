/**
 * Exports that pandas and pyarrow write in this very run, from rows that are drawn: of each file as many are loaded, copies and rejected
 * as were written so, and every value is the one that was drawn. Skipped where the two are not installed (GATEBOOK_PYTHON: which Python).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Source, SourceOptions } from "../../src/model/config.ts";
import { everyKind, truths, writtenRows } from "./dialects.ts";
import { options as noOptions, source, workspace } from "./workspace.ts";

const python = process.env["GATEBOOK_PYTHON"] ?? "python3";
const isInstalled = spawnSync(python, ["-c", "import pandas, pyarrow"], { stdio: "ignore" }).status === 0;
if (!isInstalled)
  process.stderr.write("pandas and pyarrow are not installed here: their exports are not tried\n");

const options = (change: Partial<SourceOptions>): Partial<Source> => ({
  options: { ...noOptions, ...change },
});

/** What rollout.yaml has to say about a file; nothing about the others. */
const told: Readonly<Record<string, Partial<Source>>> = {
  "pd-comma.csv": options({ delimiter: ";", decimal: "," }),
  "pd-na.csv": options({ nullText: ["NA"] }),
  "pd-dates.csv": options({ timeFormat: ["%d/%m/%Y %H:%M"] }),
  "pd-escaped.csv": options({ escape: "\\" }),
  "pd-epoch.jsonl.gz": options({ timeFormat: "epoch_millis" }),
  "pa-valid.csv": options({ delimiter: "|" }),
};

describe.skipIf(!isInstalled)("pandas and pyarrow", () => {
  test("whatever way the rows are written, they are loaded as they were drawn", async () => {
    await fc.assert(
      fc.asyncProperty(truths, async (drawn) => {
        const rows = writtenRows([...drawn, ...everyKind], 1);
        const good = rows.filter(({ isBad }) => !isBad);
        const firsts = good.filter(({ sent }) => sent === 1);
        const { root, write, night } = workspace();
        const given = write("rows.json", JSON.stringify(rows));
        write("exports/README", "");
        const words = [
          "-W",
          "ignore",
          join(import.meta.dirname, "libraries.py"),
          given,
          join(root, "exports"),
        ];
        const names: string[] = JSON.parse(execFileSync(python, words, { encoding: "utf8" }));
        expect(names.length).toBeGreaterThan(20);
        const sources = names.map((name) =>
          source(name.replaceAll(/\W/g, "_"), `exports/${name}`, told[name]),
        );
        await night(sources, async ({ engine, summary }) => {
          for (const [place, name] of names.entries()) {
            const record = summary.records.find(({ file }) => file === `exports/${name}`);
            expect(record, `${name}: ${JSON.stringify(record)}`).toMatchObject({
              status: "loaded",
              read: rows.length,
              loaded: firsts.length,
              duplicates: good.length - firsts.length,
              conflicts: 0,
              rejected: rows.length - good.length,
            });
            const events =
              await engine.rows(`SELECT CAST(event_id AS INTEGER) - ${1000 * place} AS id, event_type AS type,
                epoch_ms(occurred_at) AS "at", CAST(user_id AS INTEGER) AS "user", dwell_seconds AS dwell, metadata
              FROM events WHERE CAST(event_id AS INTEGER) BETWEEN ${1000 * place} AND ${1000 * place + 999} ORDER BY id`);
            const right = firsts.map(({ id, type, at, user, dwell }) => ({
              id,
              type,
              at,
              user,
              dwell,
              text: 'a,b;"c"\nd',
            }));
            // of two that say the same otherwise either metadata may be kept
            const plain = events.map(({ metadata, ...event }) => ({
              ...event,
              text: JSON.parse(String(metadata)).text,
            }));
            expect(plain, name).toEqual(right);
          }
        });
      }),
      { numRuns: 5 },
    );
  });
});
