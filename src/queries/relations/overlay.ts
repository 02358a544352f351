/** Measuring over other rows than the stored ones: overlays for as long as some work runs. */
import type { DataEngine, Overlay } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";

/** The overlays are gone afterwards whatever happens. */
export async function withOverlays<T>(
  engine: DataEngine,
  overlays: readonly Overlay[],
  work: () => Promise<T>,
): Promise<T> {
  const names: string[] = [];
  try {
    for (const overlay of overlays) {
      await engine.overlay(overlay);
      names.push(overlay.name);
    }
    return await work();
  } finally {
    for (const name of names.toReversed()) await engine.uncover(name);
  }
}

/** A view of a table's rows in which `column` is the given expression; `where` says which of them. */
export function viewReplacing(
  engine: DataEngine,
  name: string,
  { column, by, where }: { readonly column: string; readonly by: string; readonly where: string },
): Overlay {
  const select = async (below: string): Promise<string> => {
    const columns = await engine.describe({ file: name, sql: `SELECT * FROM ${below}` });
    const list = columns.map((each) =>
      each.name.toLowerCase() === column ? `${by} AS ${column}` : sqlName(each.name),
    );
    return `SELECT ${list.join(", ")} FROM ${below} WHERE ${where}`;
  };
  return { name, kind: "view", select };
}
