/** The dimensions that rollout.yaml names, as files that nobody had to write: they are built, checked and replayed like any other. */
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, EventDimension } from "../../model/config.ts";
import { type Catalog, type CatalogFile, catalogFile, catalogFiles } from "./catalog.ts";
import { fileProblem } from "./catalog-files.ts";

/** Where they come from, for messages; the name comes last, as in the path of a file. */
const FOLDER = "rollout.yaml/dimensions";

/** It has one value per unit and day by the way it is made. */
export function isEventDimension({ path }: Pick<CatalogFile, "path">): boolean {
  return path.startsWith(`${FOLDER}/`);
}

/** The catalog with them. One that is called like a file has that as its problem, and is not built. */
export function withEventDimensions(
  catalog: Catalog,
  { dimensions = [] }: Pick<Config, "dimensions">,
): Catalog {
  const added = dimensions.map((dimension) => dimensionFile(dimension, catalog));
  return {
    ...catalog,
    relations: [...catalog.relations, ...added],
    dimensions: [...catalog.dimensions, ...added],
    problems: [...catalog.problems, ...added.flatMap(({ problems }) => problems)],
  };
}

/** The dimensions of a recorded catalog as a night measures them: files by name, then those of rollout.yaml as it lists them. */
export function inConfiguredOrder(
  catalog: Catalog,
  { dimensions = [] }: Pick<Config, "dimensions">,
): Catalog {
  const listed = dimensions.map(({ name }) => name);
  const place = (file: CatalogFile) => (isEventDimension(file) ? listed.indexOf(file.name) : -1);
  return {
    ...catalog,
    dimensions: catalog.dimensions.toSorted((left, right) => place(left) - place(right)),
  };
}

function dimensionFile(dimension: EventDimension, catalog: Catalog): CatalogFile {
  const { name, written } = dimension;
  const path = `${FOLDER}/${name}`;
  const file = catalogFile({ kind: "dimension", name, path, sql: dimensionSql(dimension), isShipped: false });
  const taken = catalogFiles(catalog).find((other) => other.name === name);
  if (taken === undefined) return file;
  const hint = `rename the file, or take ${written} out of dimensions`;
  return { ...file, problems: [fileProblem(path, `the name "${name}" is taken by ${taken.path}`, hint)] };
}

/**
 * Of events of one time the least value counts, so that the order of rows decides nothing. Numbering each unit's values takes a third of
 * numbering its events: few units have several.
 */
function dimensionSql({ written, column, path }: EventDimension): string {
  const keys = path.map((key) => `["${key}"]`).join("");
  const value =
    path.length === 0
      ? `CAST(${sqlName(column)} AS VARCHAR)`
      : `TRY(json_extract_scalar(json_parse(${column}), ${sqlText(`$${keys}`)}))`;
  return `-- @title ${written}
-- @description ${written} of each unit's first event of a day under an algorithm.
SELECT event_date, algo_version, unit_id, value
FROM (
  SELECT event_date, algo_version, unit_id, value,
    row_number() OVER (
      PARTITION BY event_date, algo_version, unit_id ORDER BY first_at NULLS LAST, value NULLS LAST
    ) AS place
  FROM (
    SELECT event_date, algo_version, unit_id, value, min(occurred_at) AS first_at
    FROM (SELECT event_date, algo_version, unit_id, occurred_at, ${value} AS value FROM events) AS valued
    WHERE algo_version IS NOT NULL
    GROUP BY event_date, algo_version, unit_id, value
  ) AS firsts
) AS ordered
WHERE place = 1
`;
}
