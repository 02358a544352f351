/** JSON Schema of result.json, for those who read it with other tools. */
import { z } from "zod";
import { resultSchema } from "../model/schema/result.ts";

export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(resultSchema, { io: "input" }), title: "result.json of gatebook" };
}
