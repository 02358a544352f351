/** Files in the place of others, on every system: what Windows answers is what it is documented to answer, for it is not at hand. */
import { readFileSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isHeldOpen, moveOver } from "../../src/warehouse/files.ts";
import { temporaryFolder } from "../helpers/temp-workspace.ts";

const held = (code: string): Error =>
  Object.assign(new Error(`${code}: operation not permitted, rename`), { code });

function twoFiles(): readonly [from: string, to: string] {
  const folder = temporaryFolder(onTestFinished);
  const [from, to] = [join(folder, "new"), join(folder, "old")];
  writeFileSync(from, "new");
  writeFileSync(to, "old");
  return [from, to];
}

/** A scanner that lets go of the file after some tries. */
function heldFor(tries: number, code: string) {
  let left = tries;
  return async (from: string, to: string): Promise<void> => {
    left -= 1;
    if (left >= 0) throw held(code);
    await rename(from, to);
  };
}

describe("a file in the place of another", () => {
  it.each(["EPERM", "EACCES", "EBUSY"])(
    "waits on Windows for a program that has it open (%s)",
    async (code) => {
      const [from, to] = twoFiles();
      await moveOver(from, to, { platform: "win32", move: heldFor(2, code) });
      expect(readFileSync(to, "utf8")).toBe("new");
    },
  );

  it("is given up on Windows when that program does not close it, and the old one is whole", async () => {
    const [from, to] = twoFiles();
    const options = { platform: "win32", move: heldFor(99, "EPERM"), patienceMs: 150 } as const;
    const failure = await moveOver(from, to, options).catch((error: unknown) => error);
    expect(isHeldOpen(failure)).toBe(true);
    expect(readFileSync(to, "utf8")).toBe("old");
  });

  it("does not wait for a disk that is full", async () => {
    const [from, to] = twoFiles();
    const failing = moveOver(from, to, { platform: "win32", move: heldFor(1, "ENOSPC") });
    await expect(failing).rejects.toMatchObject({ code: "ENOSPC" });
  });

  it.each(["linux", "darwin"] as const)(
    "does not wait for rights that are missing on %s",
    async (platform) => {
      const [from, to] = twoFiles();
      await expect(moveOver(from, to, { platform, move: heldFor(1, "EACCES") })).rejects.toMatchObject({
        code: "EACCES",
      });
    },
  );
});
