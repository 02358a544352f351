/** Another process that has a database open, as a run that is still going or an analyst's client would. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Finally } from "./temp-workspace.ts";

export interface Holder {
  readonly pid: number;
  /** What the client sees when it asks, its values separated by blanks. */
  readonly ask: (sql: string) => Promise<string>;
  /** By SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
}

const script = `
  import { createInterface } from "node:readline";
  import { DuckDBInstance } from "@duckdb/node-api";
  const [file, mode] = process.argv.slice(1);
  const instance = await DuckDBInstance.create(file, mode === "read" ? { access_mode: "READ_ONLY" } : {});
  const connection = await instance.connect();
  console.log("held");
  for await (const sql of createInterface(process.stdin))
    console.log((await connection.runAndReadAll(sql)).getRowsJson().flat().join(" "));`;

export async function holdDatabase(finish: Finally, file: string, mode: "read" | "write"): Promise<Holder> {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ["--input-type=module", "-e", script, file, mode],
    { cwd: import.meta.dirname, stdio: "pipe" },
  );
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  finish(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += String(text);
  });
  const line = async (): Promise<string> => {
    const answer = await Promise.race([once(child.stdout, "data"), ended.then(() => null)]);
    if (answer === null) throw new Error(`the holder of ${file} ended: ${errors}`);
    return String(answer[0]).trim();
  };
  await line();
  return {
    pid: child.pid ?? -1,
    ask: async (sql) => {
      child.stdin.write(`${sql}\n`);
      return await line();
    },
    kill,
  };
}
