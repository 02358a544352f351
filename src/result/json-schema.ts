/** JSON Schema of result.json, for those who read it with other tools. */
import { z } from "zod";
import { resultSchema } from "../model/schema/result.ts";
import { SCHEMA_VERSION, type SchemaVersion } from "../model/schema/version.ts";

type Json = Readonly<Record<string, unknown>>;

/** Of one version; of the first without the keys that came after it: those are the ones with a default. */
export function resultJsonSchema(version: SchemaVersion = SCHEMA_VERSION): Json {
  const schema = z.toJSONSchema(resultSchema.extend({ schemaVersion: z.literal(version) }), { io: "input" });
  const known = version === SCHEMA_VERSION ? schema : withoutLaterKeys(schema);
  return { ...(known as Json), title: "result.json of gatebook" };
}

function withoutLaterKeys(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutLaterKeys);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "properties" && isObject(value) ? ofTheFirst(value) : withoutLaterKeys(value),
    ]),
  );
}

function ofTheFirst(properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => !(isObject(property) && "default" in property))
      .map(([name, property]) => [name, withoutLaterKeys(property)]),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
