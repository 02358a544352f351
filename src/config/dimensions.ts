/** `dimensions:` of rollout.yaml: which values of events metrics are cut by. */
import type { z } from "zod";
import type { EventDimension } from "../model/config.ts";
import { canonicalNames } from "../model/event-columns.ts";
import { suggestion } from "../model/suggest.ts";
import { reservedTables } from "../model/table-names.ts";
import { report } from "./sanity.ts";
import { text } from "./values.ts";

/** Every row of a relation has these already. */
const GRAIN: readonly string[] = ["event_date", "algo_version"];

export function dimension() {
  return text(
    /^[a-z][a-z0-9_]*(\.[\w-]+)*$/,
    "is neither a column of events nor a path such as metadata.country",
  );
}

/** "metadata.device.os" → device_os, its value in the JSON of metadata */
export function readDimension(written: string): EventDimension {
  const [column = written, ...path] = written.split(".");
  const name = path.length === 0 ? column : path.join("_").toLowerCase().replaceAll("-", "_");
  return { name, written, column, path };
}

interface DimensionShape {
  readonly dimensions: readonly string[];
  readonly sources: readonly { readonly kind: string; readonly name: string; readonly columns: object }[];
}

export function refineDimensions(
  { dimensions: written, sources }: DimensionShape,
  context: z.RefinementCtx,
): void {
  const added = sources.flatMap(({ kind, columns }) => (kind === "events" ? Object.keys(columns) : []));
  const columns = [...new Set([...canonicalNames, ...added])].filter((name) => !GRAIN.includes(name));
  const lookups = sources.flatMap(({ kind, name }) => (kind === "lookup" ? [name.toLowerCase()] : []));
  const names = written.map((one) => readDimension(one).name);
  for (const [index, one] of written.entries()) {
    const { column, path, name } = readDimension(one);
    const earlier = names.indexOf(name);
    if (!columns.some((known) => known === column)) {
      const message = `"${column}" is not a column of events${suggestion(column, columns)}`;
      report(context, {
        path: ["dimensions", index],
        message,
        hint: `columns: ${columns.join(", ")}; columns of a source adds others`,
      });
    } else if (path.length > 0 && column !== "metadata") {
      const message = `"${column}" has no keys: only metadata is JSON`;
      report(context, {
        path: ["dimensions", index],
        message,
        hint: `write ${column}, or metadata.${path.join(".")}`,
      });
    } else if (reservedTables.includes(name) || lookups.includes(name)) {
      const message = `"${name}" cannot be the name of a dimension: the warehouse has a table of that name`;
      report(context, {
        path: ["dimensions", index],
        message,
        hint: "select it in a file of queries/dimensions/",
      });
    } else if (written.indexOf(one) < index) {
      report(context, { path: ["dimensions", index], message: `"${one}" is listed twice` });
    } else if (earlier < index) {
      const message = `"${written[earlier]}" and "${one}" are both called ${name}`;
      report(context, {
        path: ["dimensions", index],
        message,
        hint: "select one of them in a file of queries/dimensions/",
      });
    }
  }
}
