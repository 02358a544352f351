/** A query file that failed, with its place. */
import { z } from "zod";
import { number, text } from "./values.ts";

export const queryError = z.object({
  message: z.string(),
  file: z.string(),
  line: number,
  column: number,
  /** The source line with a caret under the character, two lines. */
  excerpt: text,
  hint: text,
});
