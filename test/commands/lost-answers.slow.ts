/** Answers of the command line as it is shipped, whose reader or disk takes no more of them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtCli } from "../helpers/built-cli.ts";

describe("an answer", () => {
  const piped = async (to: string) => {
    const line = `"${process.execPath}" "${await builtCli()}" run --help ${to}`;
    return spawnSync("bash", ["-c", `set -o pipefail; ${line}`], { encoding: "utf8" });
  };

  it.skipIf(!existsSync("/dev/full"))("that the disk has no room for is exit code 1", async () => {
    const { status, stderr } = await piped("> /dev/full");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: the answer could not be written: ENOSPC/);
  });

  it("whose reader has seen enough is none", async () => {
    const { status, stderr } = await piped("| true");
    expect([status, stderr]).toEqual([0, ""]);
  });
});
