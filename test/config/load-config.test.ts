import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { WORKSPACE } from "./workspace.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gatebook-config-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("loadConfig", () => {
  it("finds the staging files beside it", () => {
    mkdirSync(join(root, "queries/sources"), { recursive: true });
    writeFileSync(join(root, "queries/sources/feed.sql"), "SELECT 1");
    writeFileSync(join(root, "rollout.yaml"), WORKSPACE);
    const config = loadConfig(join(root, "rollout.yaml"));
    expect(config.root).toBe(root);
    expect(config.sources[0]?.staging).toBe(join(root, "queries/sources/feed.sql"));
  });

  it("needs no queries folder", () => {
    writeFileSync(join(root, "rollout.yaml"), WORKSPACE);
    expect(loadConfig(join(root, "rollout.yaml")).sources[0]?.staging).toBeNull();
  });

  it("reads a file that begins with a byte order mark and has Windows line ends", () => {
    writeFileSync(join(root, "rollout.yaml"), `\uFEFF${WORKSPACE.replaceAll("\n", "\r\n")}`);
    const config = loadConfig(join(root, "rollout.yaml"));
    expect(config.thresholds.get("ctr")?.where).toMatchObject({ line: 7, column: 3 });
  });

  it("says what to do when there is no file", () => {
    const file = join(root, "rollout.yaml");
    expect(() => loadConfig(file)).toThrow(
      expect.objectContaining({
        code: "config",
        message: "there is no such file",
        where: { file },
        hint: "gatebook init DIR makes a workspace with a rollout.yaml to start from; --config FILE names another file",
      }),
    );
  });

  it("says so when it is given a folder", () => {
    expect(() => loadConfig(root)).toThrow(
      expect.objectContaining({
        message: "this is a folder, not a file",
        hint: `name the file: ${join(root, "rollout.yaml")}`,
      }),
    );
  });

  it("refuses text that is not UTF-8", () => {
    writeFileSync(join(root, "rollout.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
    expect(() => loadConfig(join(root, "rollout.yaml"))).toThrow(
      expect.objectContaining({
        code: "config",
        message: "the file is not UTF-8 text",
        hint: "save it with the encoding UTF-8",
      }),
    );
  });
});
