/** What the newest export of each source lacks, and whether its staging file fits: nothing where no export is present. */
import { readFileSync } from "node:fs";
import { sideBySide } from "../../engine/side-by-side.ts";
import { bindRelation } from "../../load/events/binding.ts";
import { missingEventId, unmatchedColumns } from "../../load/events/missing-columns.ts";
import { stageRelation } from "../../load/events/staging.ts";
import { isRefusal } from "../../load/files/refusal.ts";
import type { Config, Source } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { excerpt } from "../../queries/catalog/query-problem.ts";
import type { Finding } from "../../queries/validation/finding.ts";
import { type SourceSample, withSourceSample } from "../sources/sample-source.ts";

/** `file`: rollout.yaml, as findings name it. */
export async function sourceFindings(config: Config, file: string): Promise<readonly Finding[]> {
  const sources = config.sources.filter(({ kind, table }) => kind === "events" && table === undefined);
  // each is read and written in turn, so that of two one waits while the other computes
  const found = await sideBySide(sources, 2, (source) => findingsOf(config, source, file));
  return found.flat();
}

async function findingsOf(config: Config, source: Source, file: string): Promise<readonly Finding[]> {
  const at = (level: Finding["level"], message: string, hint: string | null = null): Finding => {
    const where = { ...source.where, file };
    return { level, message, where, excerpt: excerpt(config.text, where), hint };
  };
  try {
    const lacking = await withSourceSample(config, source, (sample) => lackingIn(config, source, sample));
    return (lacking ?? []).map((message) => at("warning", message));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // with its own place where the staging file is at fault, which the queries' check reports when it does not parse
    const { cause } = error;
    const isStaging = cause instanceof GatebookError && cause.where !== undefined;
    if (isStaging) return [stagingFinding(cause, source, error.hint)];
    return [at("error", `${error.where?.file ?? source.name} ${error.message}`, error.hint ?? null)];
  }
}

async function lackingIn(
  config: Config,
  source: Source,
  { engine, file, raw }: SourceSample,
): Promise<readonly string[]> {
  bindRelation(await stageRelation(engine, file, raw, config), file, config);
  const found = { columns: [...raw.found, ...file.hive.keys()], present: [] };
  const missing = missingEventId(source, found);
  return [
    ...unmatchedColumns(source, found).map(({ message }) => message),
    ...(missing === null ? [] : [missing]),
  ];
}

/** `hint`: the refusal's, since the engine's own may quote a file that is no export. */
function stagingFinding(
  { message, where }: GatebookError,
  { staging }: Source,
  hint: string | undefined,
): Finding {
  const place = where ?? { file: "queries/sources" };
  const text = staging === null ? "" : readFileSync(staging, "utf8");
  return { level: "error", message, where: place, excerpt: excerpt(text, place), hint: hint ?? null };
}
