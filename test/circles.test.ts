/** No file imports itself by way of others, not even inside a room: each can be read from the bottom up. */
import { expect, it } from "vitest";
import { imports, within } from "./helpers/source-files.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

/** Files that reach themselves, grouped with those they share a circle with, as "a.ts ↔ b.ts"; type imports count. */
function circles(graph: Graph): readonly string[] {
  const reached = new Map([...graph.keys()].map((file) => [file, reach(graph, file)]));
  const isReached = (from: string, to: string) => reached.get(from)?.has(to) ?? false;
  const groups = [...graph.keys()]
    .filter((file) => isReached(file, file))
    .map((file) => [...graph.keys()].filter((other) => isReached(file, other) && isReached(other, file)));
  return [...new Set(groups.map((group) => group.toSorted().join(" ↔ ")))];
}

function reach(graph: Graph, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  let waiting = graph.get(from) ?? [];
  while (waiting.length > 0) {
    const fresh = waiting.filter((file) => !seen.has(file));
    for (const file of fresh) seen.add(file);
    waiting = fresh.flatMap((file) => graph.get(file) ?? []);
  }
  return seen;
}

it("there is no circle of imports, inside rooms too", () => {
  const graph = new Map<string, string[]>();
  for (const { file, target } of imports) {
    const path = within(file, target);
    if (path !== null) graph.set(file, [...(graph.get(file) ?? []), path]);
  }
  expect(graph.size).toBeGreaterThan(100);
  expect(circles(graph)).toEqual([]);
});

it("a planted circle is found, with those who merely lead to it left out", () => {
  const planted = new Map([
    ["a.ts", ["b.ts"]],
    ["b.ts", ["c.ts", "d.ts"]],
    ["c.ts", ["b.ts"]],
    ["d.ts", []],
  ]);
  expect(circles(planted)).toEqual(["b.ts ↔ c.ts"]);
});
