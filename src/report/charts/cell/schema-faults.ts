/** A spec against the JSON Schema that Vega-Lite publishes: misspelt keys, marks, types and schemes, which Vega-Lite would ignore. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ChartFault } from "../../../model/chart-fault.ts";
import { suggestion } from "../../../model/suggest.ts";

/** The part of JSON Schema that Vega-Lite's uses. */
interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

type Definitions = Readonly<Record<string, Schema>>;

interface Fault extends ChartFault {
  readonly depth: number;
  /** Something close to it would be right. */
  readonly isNear?: boolean;
}

interface SpecPlace {
  readonly word: string;
  readonly depth: number;
  readonly definitions: Definitions;
}

let published: (Schema & { readonly definitions: Definitions }) | null = null;

export function schemaFaults(spec: unknown): readonly ChartFault[] {
  const file = createRequire(import.meta.url).resolve("vega-lite/vega-lite-schema.json");
  published ??= JSON.parse(readFileSync(file, "utf8")) as Schema & { readonly definitions: Definitions };
  return faultsOf(spec, published, { word: "the chart", depth: 0, definitions: published.definitions });
}

function faultsOf(value: unknown, given: Schema, place: SpecPlace): readonly Fault[] {
  const schema = resolve(given, place);
  if (schema.anyOf !== undefined) return faultsOfAny(value, schema.anyOf, place);
  const allowed = allowedBy(schema, place);
  if (allowed.length > 0) return allowed.includes(value) ? [] : [noneOf(value, allowed, place)];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(value, type)))
    return [fault(`${quoted(place)} must be ${types.join(" or ")}`, place)];
  if (Array.isArray(value))
    return value.flatMap((item) => faultsOf(item, schema.items ?? {}, deeper(place, place.word)));
  return isObject(value) ? faultsOfObject(value, schema, place) : [];
}

/** Of several forms the one that fits best is meant: the fewest faults, of those the deepest, of those one that is nearly right. */
function faultsOfAny(value: unknown, forms: readonly Schema[], place: SpecPlace): readonly Fault[] {
  const tried = forms.map((form) => faultsOf(value, form, place));
  if (tried.some((faults) => faults.length === 0)) return [];
  const allowed = forms.flatMap((form) => allowedBy(resolve(form, place), place));
  if (typeof value === "string" && allowed.length > 0) return [noneOf(value, allowed, place)];
  const depth = (faults: readonly Fault[]) => Math.max(...faults.map((one) => one.depth));
  const near = (faults: readonly Fault[]) => faults.filter(({ isNear }) => isNear === true).length;
  return tried.toSorted((a, b) => a.length - b.length || depth(b) - depth(a) || near(b) - near(a))[0] ?? [];
}

function faultsOfObject(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties: others }: Schema,
  place: SpecPlace,
): readonly Fault[] {
  const missing = required
    .filter((key) => !(key in value))
    .map((key) => fault(`${quoted(place)} lacks "${key}"`, place));
  const wrong = Object.entries(value).flatMap(([key, entry]) => {
    const inside = deeper(place, key);
    const schema = properties[key] ?? (typeof others === "object" ? others : undefined);
    if (schema !== undefined) return faultsOf(entry, schema, inside);
    if (others !== false) return [];
    return [fault(`Vega-Lite has no "${key}" here${suggestion(key, Object.keys(properties))}`, inside)];
  });
  return [...missing, ...wrong];
}

/** A definition may be the name of another. */
function resolve(schema: Schema, place: SpecPlace): Schema {
  const name = schema.$ref?.replace("#/definitions/", "");
  return name === undefined ? schema : resolve(place.definitions[name] ?? {}, place);
}

/** The values of an enum or const, also of the forms below; none where anything of a type goes. */
function allowedBy(schema: Schema, place: SpecPlace): readonly unknown[] {
  if (schema.anyOf !== undefined)
    return schema.anyOf.flatMap((form) => allowedBy(resolve(form, place), place));
  return schema.enum ?? ("const" in schema ? [schema.const] : []);
}

function noneOf(value: unknown, allowed: readonly unknown[], place: SpecPlace): Fault {
  const names = allowed.filter((one) => typeof one === "string");
  const meant = typeof value === "string" ? suggestion(value, names) : "";
  const word = typeof value === "string" ? value : place.word;
  const few = names.length > 12 ? "a name that Vega-Lite has" : `one of ${names.join(", ")}`;
  const message = `${quoted(place)} must be ${few}, not ${JSON.stringify(value)}${meant}`;
  return { ...fault(message, place), word, isNear: meant !== "" };
}

function quoted({ word, depth }: SpecPlace): string {
  return depth === 0 ? word : `"${word}"`;
}

function fault(message: string, { word, depth }: SpecPlace): Fault {
  return { message, hint: "see vega.github.io/vega-lite/docs", word, depth };
}

function deeper(place: SpecPlace, word: string): SpecPlace {
  return { ...place, word, depth: place.depth + 1 };
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
