/** A name under `columns` that begins with = is no name but the value of every row: `event_type: "=impression"`. */
import type { z } from "zod";
import { eventTypeNames } from "../model/event-columns.ts";
import { suggestion } from "../model/suggest.ts";
import { report } from "./sanity.ts";

export function isConstant(name: string): boolean {
  return name.startsWith("=");
}

export function constantText(name: string): string {
  return name.slice(1).trim();
}

interface SourceShape {
  readonly kind: string;
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly event_types: Readonly<Record<string, string>>;
}

export function refineConstants(source: SourceShape, context: z.RefinementCtx): void {
  for (const [column, names] of Object.entries(source.columns)) {
    const constants = names.filter(isConstant);
    if (constants.length === 0) continue;
    const message = troubleOf(source, column, names);
    if (message !== null) report(context, { path: ["columns", column], message, at: "key" });
  }
}

function troubleOf(
  { kind, event_types }: SourceShape,
  column: string,
  names: readonly string[],
): string | null {
  if (kind === "lookup") return "a lookup has no constants: its columns are what its files have";
  const place = names.findIndex(isConstant);
  if (place < names.length - 1) return `after "${names[place]}" no other name is ever asked for`;
  const text = constantText(names[place] ?? "");
  if (text === "") return '"=" needs a value after it';
  const known = [...Object.entries(event_types).flat(), ...eventTypeNames];
  if (column !== "event_type" || known.includes(text)) return null;
  return `"${text}" is not an event type${suggestion(text, known)}`;
}
