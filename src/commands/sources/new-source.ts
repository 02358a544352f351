/** `gatebook new source NAME`: a staging file from the columns of the newest export. */
import type { Config, Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import type { CommandContext } from "../terminal/command.ts";
import { usageError } from "../terminal/errors.ts";

export async function draftStaging(config: Config, name: string, { terminal }: CommandContext): Promise<0> {
  const source = sourceNamed(config, name);
  const [{ sampleColumns }, { draftSource }, { writeStaging }] = await Promise.all([
    import("../../runs/sources/sample-columns.ts"),
    import("../../workspace/source-draft.ts"),
    import("../../workspace/new-query.ts"),
  ]);
  const sample = await sampleColumns(config, source);
  if (sample === null) {
    throw new GatebookError("input", `source ${name}: no file matches ${source.files.join(" or ")}`, {
      where: { file: config.file },
      hint: "a staging file is drafted from the columns of an export: put one there first",
    });
  }
  const path = writeStaging(config.root, name, draftSource(name, sample.file, sample.columns));
  const columns = Object.keys(Object.fromEntries(source.columns)).filter((each) => each !== "metadata");
  terminal.print(`Wrote ${path} from the columns of ${sample.file}.`);
  terminal.print(
    [
      "Next:",
      `  edit ${path}: its comments name the columns that it does not use`,
      `  gatebook query ${name}     # what it makes of the first thousand rows`,
      ...(columns.length === 0
        ? []
        : [`From now on columns: of source ${name} (${columns.join(", ")}) name columns of its result.`]),
    ].join("\n"),
  );
  return 0;
}

function sourceNamed(config: Config, name: string): Source {
  const sources = config.sources.filter(({ kind }) => kind === "events");
  const source = sources.find((each) => each.name === name);
  if (source === undefined) {
    const names = sources.map((each) => each.name);
    throw usageError(
      `rollout.yaml has no source of events "${name}"${suggestion(name, names)}`,
      `the sources are ${names.join(", ")}; add it there first, with its files`,
    );
  }
  if (source.staging === null) return source;
  throw usageError(`the source "${name}" has a staging file already`, `edit ${source.staging}`);
}
