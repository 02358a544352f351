/**
 * May the words of a header be repeated in messages and reports? Only when they look like one: a file that is no export (a list of
 * accounts, a key) must not have its first line read out by the refusal.
 */
import type { Source } from "../../model/config.ts";
import { columnsOf } from "../../model/event-columns.ts";

/** What names of columns in logs are made of. */
const usual = new Set(
  `id uid uuid key type kind event events action name user users session visitor device item items post content author
  creator category group algo algorithm version variant model experiment bucket arm time timestamp ts date day at created
  occurred dwell duration seconds ms value position rank slot index count clicks impressions meta metadata props
  properties payload context platform country lang source url page column`.split(/\s+/),
);
const word = /^[\p{L}_$@][\p{L}\p{N}_$@. /-]{0,63}$/u;

/** One name that the source knows, or several that are made of usual words and none that could be a value. */
export function looksLikeHeader(names: readonly string[], source: Source): boolean {
  const known = [...columnsOf(source), ...[...source.columns.values()].flat()];
  const lower = new Set(known.map((name) => name.toLowerCase()));
  if (names.some((name) => lower.has(name.toLowerCase()))) return true;
  return names.every((name) => word.test(name)) && names.filter(hasUsualWord).length >= 2;
}

/** "a, b, c", at most 300 characters of it; null: it does not look like a header. */
export function headerWords(names: readonly string[], source: Source): string | null {
  if (!looksLikeHeader(names, source)) return null;
  const all = names.join(", ");
  return all.length > 300 ? `${all.slice(0, 300)} …` : all;
}

/** "userId" → user, id */
function hasUsualWord(name: string): boolean {
  const parts = name.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2").split(/[^\p{L}]+/u);
  return parts.some((part) => usual.has(part.toLowerCase()));
}
