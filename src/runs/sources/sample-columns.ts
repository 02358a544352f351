import { sqlName } from "../../engine/sql-text.ts";
import { isNested } from "../../load/events/raw-value.ts";
import { isName } from "../../load/formats/readers.ts";
import type { Config, Source } from "../../model/config.ts";
import { withSourceSample } from "./sample-source.ts";

interface SampledColumn {
  readonly name: string;
  readonly type: string;
  /** Texts found in it, in order of appearance. */
  readonly examples: readonly string[];
}

const EXAMPLE_ROWS = 200;

/** The raw columns of a source's newest file, each with what its first rows have. Null where no file is present. */
export async function sampleColumns(
  config: Config,
  source: Source,
): Promise<{ readonly file: string; readonly columns: readonly SampledColumn[] } | null> {
  return await withSourceSample(config, source, async ({ engine, file, raw }) => {
    // JSONL reads more columns than its lines have
    const columns = raw.columns.filter(({ name }) => raw.found.includes(name) && isName(name));
    const texts = columns.map(({ name, type }) => {
      const column = sqlName(name);
      return isNested(type) ? `CAST(to_json(${column}) AS VARCHAR)` : `CAST(${column} AS VARCHAR)`;
    });
    const sql = `SELECT ${texts.join(", ")} FROM ${sqlName(source.name)} LIMIT ${EXAMPLE_ROWS}`;
    const { rows } = await engine.table(sql);
    const examples = (index: number): readonly string[] =>
      rows.flatMap((row) => (row[index] == null || row[index] === "" ? [] : [String(row[index])]));
    return {
      file: file.file,
      columns: columns.map(({ name, type }, index) => ({ name, type, examples: examples(index) })),
    };
  });
}
