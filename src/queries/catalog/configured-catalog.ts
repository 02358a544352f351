/** The catalog as rollout.yaml completes it: with the dimensions that it names, and what headers require looked up among its columns. */
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { allAddedColumns, optionalColumns } from "../../model/event-columns.ts";
import { suggestion } from "../../model/suggest.ts";
import { type Catalog, type CatalogFile, catalogFiles, catalogOf } from "./catalog.ts";
import { withEventDimensions } from "./event-dimensions.ts";

export function configuredCatalog(catalog: Catalog, config: Pick<Config, "dimensions" | "sources">): Catalog {
  const files = catalogFiles(catalog);
  const known = [...optionalColumns, ...allAddedColumns(config)];
  const own = new Set(files.flatMap(({ problems }) => problems));
  const others = catalog.problems.filter((problem) => !own.has(problem));
  return withEventDimensions(
    catalogOf(
      files.map((file) => withKnownColumns(file, known)),
      others,
    ),
    config,
  );
}

/** A header is read without rollout.yaml: any name that could be an added column passes there. */
function withKnownColumns(file: CatalogFile, known: readonly string[]): CatalogFile {
  const line = file.header.lines.find(({ key }) => key === "requires");
  const unknown = file.header.requires.filter((name) => !known.includes(name));
  if (line === undefined || unknown.length === 0) return file;
  const where = { file: file.path, line: line.line, column: line.valueColumn };
  const hint = "other columns come from columns: of a source in rollout.yaml";
  const problems = unknown.map((name) => {
    const message = `@requires: "${name}" is not a column of events${suggestion(name, known)}`;
    return new GatebookError("config", message, { where, hint });
  });
  return { ...file, problems: [...file.problems, ...problems] };
}
