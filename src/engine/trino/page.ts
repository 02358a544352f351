/** What the cluster answers to a statement, page by page. Integers past 2^53 keep their digits: they arrive as text. */
import { z } from "zod";

const fault = z.object({
  message: z.string().default("no message"),
  errorName: z.string().default(""),
  errorType: z.string().default(""),
  /** From 1; the column counts code points. */
  errorLocation: z.object({ lineNumber: z.number(), columnNumber: z.number() }).optional(),
});

const count = z.number().default(0);

const stats = z.object({
  state: z.string().default(""),
  progressPercentage: z.number().optional(),
  nodes: count,
  totalSplits: count,
  cpuTimeMillis: count,
  processedRows: count,
  processedBytes: count,
  physicalInputBytes: count,
  peakMemoryBytes: count,
});

const page = z.object({
  id: z.string(),
  nextUri: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
  data: z.array(z.array(z.unknown())).optional(),
  stats,
  error: fault.optional(),
});

const info = z.object({ nodeVersion: z.object({ version: z.string() }) });

export type Page = z.output<typeof page>;
export type Fault = z.output<typeof fault>;
export type PageStats = z.output<typeof stats>;

/** A text, or a number as JSON writes it. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** From 16 digits on a double may be another number. */
const LONG_INTEGER = /^-?\d{16,}$/;

/** Null: it is no page. */
export function parsePage(text: string): Page | null {
  const quoted = text.replace(TOKEN, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token));
  try {
    return page.safeParse(JSON.parse(quoted)).data ?? null;
  } catch {
    return null;
  }
}

/** The version that the server says of itself; null: it is no Trino. */
export function parseInfo(text: string): string | null {
  try {
    return info.safeParse(JSON.parse(text)).data?.nodeVersion.version ?? null;
  } catch {
    return null;
  }
}
