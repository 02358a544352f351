/** Words around numbers: plurals, lists, sizes of files, hashes. */
import type { Classification } from "../model/words.ts";
import { countText } from "./numbers.ts";

/** plural(1, "day") → "1 day", plural(3, "day") → "3 days" */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${countText(value)} ${Math.round(value) === 1 ? noun : many}`;
}

/** ["a", "b", "c"] → "a, b and c" */
export function listText(items: readonly string[], last = "and"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}

/** At most `most` of them; of more, the last says how many there are besides: "… 3 more in the report". */
export function shortened(all: readonly string[], most: number, place: string): readonly string[] {
  if (all.length <= most) return all;
  return [...all.slice(0, most - 1), `… ${all.length - most + 1} more in ${place}`];
}

export function bytesText(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1000).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

/** First twelve characters of a hash; result.json has all of it. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** A class as every reader sees it. */
export function classText(classification: Classification): string {
  if (classification === "insufficient") return "not enough data yet";
  return classification === "no_data" ? "no data" : classification;
}

/** "tomorrow" → "Tomorrow" */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
