/** An engine that nobody asked for is not loaded: whoever opens a cluster imports it then. */
import { expect, it } from "vitest";
import { files, text } from "../helpers/source-files.ts";

/** What is loaded with the file: no types, and no import() when it is needed. */
const loaded = /^(?:import|export) (?!type )[^="]*?from "([^"\n]+)";$/gm;

it("nothing outside of its folder loads Trino's client before a cluster is opened", () => {
  const outside = files.filter((file) => !file.startsWith("engine/trino/"));
  const found = outside.flatMap((file) =>
    [...text(file).matchAll(loaded)]
      .filter(([, target = ""]) => /\/trino\//.test(target))
      .map(([line]) => `${file}: ${line}`),
  );
  expect(outside.length).toBeGreaterThan(300);
  expect(found).toEqual([]);
  const inside = files.filter((file) => file.startsWith("engine/trino/")).join(" ");
  expect(inside).toContain("engine/trino/open.ts");
});
