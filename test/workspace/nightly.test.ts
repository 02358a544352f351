/** The examples of nightly/, tried by the tools that read them, as far as they are here, and by what those tools require where they are not. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { gatebook } from "../helpers/gatebook.ts";
import { packageRoot, temporaryFolder } from "../helpers/temp-workspace.ts";
import { workflowFaults } from "../helpers/workflow-faults.ts";

let home: string;
let root: string;
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const installed = (): string => join(root, "node_modules/.bin/gatebook");
const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  readonly version: string;
};

/** ~/rollout after `gatebook init` and `npm install`. */
beforeAll(async () => {
  home = temporaryFolder(afterAll);
  root = join(home, "rollout");
  expect((await gatebook(home, "init", "rollout")).code).toBe(0);
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  writeFileSync(installed(), "#!/usr/bin/env node\n");
  chmodSync(installed(), 0o755);
  writeFileSync(join(root, "package-lock.json"), "{}\n");
});

it("no example runs another gatebook than the one that package.json names exactly", () => {
  expect(JSON.parse(read("package.json"))).toEqual({ private: true, dependencies: { gatebook: version } });
  const examples = readdirSync(join(root, "nightly")).filter((name) => name !== "README.md");
  expect(examples.length).toBeGreaterThan(5);
  const calls = examples.flatMap((name) => read(`nightly/${name}`).match(/npx .*/g) ?? []);
  expect(calls.length).toBeGreaterThan(3);
  expect(calls.filter((call) => !call.startsWith("npx --no-install gatebook "))).toEqual([]);
});

it("a package.json that is there is the folder's own, also with --force", async () => {
  const folder = temporaryFolder(afterAll);
  writeFileSync(join(folder, "package.json"), "{}\n");
  for (const words of [["init"], ["init", "--force"]]) {
    const { code, stdout } = await gatebook(folder, ...words);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`npm install --save-exact gatebook@${version}\n`),
    ]);
    expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}\n");
  }
});

describe("crontab.example", () => {
  /** crontab(5): comments, NAME=value, and five fields before a command in which % would be a line break. */
  const isLine = (line: string): boolean =>
    /^\s*(#.*)?$/.test(line) ||
    /^[A-Z_]+=\S+$/.test(line) ||
    /^((\*|\d+([-,/]\d+)*)(\/\d+)?\s+){5}[^%]+$/.test(line);

  it("has nothing but lines that cron reads, also where a comment mark is taken away", () => {
    const lines = read("nightly/crontab.example").trimEnd().split("\n");
    expect(lines.filter((line) => !isLine(line))).toEqual([]);
    const optional = lines.filter((line) => /^# \d/.test(line)).map((line) => line.slice(2));
    expect(optional.length).toBeGreaterThan(0);
    expect(optional.filter((line) => !isLine(line))).toEqual([]);
    expect(["30 4 * * cd x", "30 4 * * * date +%F"].filter(isLine)).toEqual([]);
  });

  it("has commands whose words the shell and gatebook take", async () => {
    const commands = [...read("nightly/crontab.example").matchAll(/^(?:# )?\d.*?\* {2}(.*)$/gm)];
    expect(commands.length).toBeGreaterThan(1);
    for (const [, command = ""] of commands) {
      expect(spawnSync("sh", ["-n", "-c", command]).status).toBe(0);
      const words = command
        .replace(/^.*gatebook /, "")
        .replace(/;.*$/, "")
        .split(" ");
      // past the words, it is the exports that are missing
      const asOf = words.includes("first-24h") ? ["--as-of", "2026-02-01T12:00"] : [];
      expect((await gatebook(root, ...words, ...asOf)).code).toBe(4);
    }
  });
});

describe("mail.example.sh", () => {
  it("sends tonight's report and no older one, in lines that every server takes", () => {
    const html = `<p>−7.4% ${"x".repeat(5000)}</p>\n`;
    const night = (name: string): string => {
      const folder = join(root, "reports", name, "latest");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "summary.txt"), `HOLD - ${name} at g10\nmore\n`);
      writeFileSync(join(folder, "email.html"), html);
      return join(folder, "email.html");
    };
    night("a b");
    utimesSync(night("old"), new Date(0), new Date(0));
    const sendmail = join(home, "sendmail");
    writeFileSync(sendmail, '#!/bin/sh\ncat >> "$(dirname "$0")/sent"\n', { mode: 0o755 });
    const env = { ...process.env, SENDMAIL: sendmail };
    const { status } = spawnSync("sh", [join(root, "nightly/mail.example.sh"), "team@example.org"], { env });
    expect(status).toBe(0);
    const [head = "", body = "", ...more] = readFileSync(join(home, "sent"), "utf8").split("\n\n");
    expect(more).toEqual([]);
    expect(head.split("\n")).toEqual([
      "To: team@example.org",
      "Subject: HOLD - a b at g10",
      "MIME-Version: 1.0",
      "Content-Type: text/html; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]);
    expect(Math.max(...body.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(76);
    expect(Buffer.from(body, "base64").toString()).toBe(html);
  });
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe("gatebook.service and gatebook.timer", () => {
  const verify = (folder: string) =>
    spawnSync("systemd-analyze", ["--user", "verify", "./gatebook.service", "./gatebook.timer"], {
      cwd: folder,
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home },
      encoding: "utf8",
    });

  it.skipIf(!hasSystemd)("are what systemd accepts, and a mistake in them is found", () => {
    expect(verify(join(root, "nightly"))).toMatchObject({ status: 0, stderr: "" });
    const folder = temporaryFolder(afterAll);
    cpSync(join(root, "nightly"), folder, { recursive: true });
    const unit = join(folder, "gatebook.timer");
    writeFileSync(
      unit,
      readFileSync(unit, "utf8").replace("OnCalendar=*-*-* 04:30", "OnCalendar=*-*-* 04:3O"),
    );
    expect(verify(folder).stderr).toContain("gatebook.timer");
  });

  it("run the workspace's own gatebook with words that it takes", async () => {
    const [, command = ""] = /^ExecStart=(.*)$/m.exec(read("nightly/gatebook.service")) ?? [];
    const [program = "", ...words] = command.replaceAll("%h", home).split(" ");
    expect(program).toBe(installed());
    expect((await gatebook(root, ...words)).code).toBe(4);
  });
});

describe("Containerfile", () => {
  interface Step {
    readonly name: string;
    readonly words: readonly string[];
  }
  const steps = (): readonly Step[] =>
    read("nightly/Containerfile")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [name = "", ...words] = line.split(" ");
        return { name, words };
      });
  const of = (wanted: string): readonly (readonly string[])[] =>
    steps().flatMap(({ name, words }) => (name === wanted ? [words] : []));

  it("is made of instructions in their order, and ends as a user without rights", () => {
    const names = steps().map(({ name }) => name);
    const known = ["FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"];
    expect(names[0]).toBe("FROM");
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(names.indexOf("USER")).toBeGreaterThan(names.lastIndexOf("RUN"));
    expect(of("USER")).toEqual([["node"]]);
    const [, major = ""] = /node:(\d+)-/.exec(of("FROM")[0]?.[0] ?? "") ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(20);
  });

  it("copies what a night reads, of a workspace as init made it, and none of its data", async () => {
    const image = temporaryFolder(afterAll);
    mkdirSync(join(root, "exports"), { recursive: true });
    writeFileSync(join(root, "exports/secret.csv"), "");
    for (const words of of("COPY")) {
      const target = join(image, words.at(-1) ?? "");
      for (const source of words.slice(0, -1)) {
        expect(existsSync(join(root, source)), source).toBe(true);
        // a folder gives what is in it, a file itself
        cpSync(join(root, source), source.endsWith("/") ? target : join(target, source), { recursive: true });
      }
    }
    expect(readdirSync(image).sort()).toEqual([
      "package-lock.json",
      "package.json",
      "queries",
      "rollout.yaml",
    ]);
    const checked = await gatebook(image, "check");
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining("No problems")]);
    const [entry, words] = ["ENTRYPOINT", "CMD"].map(
      (name) => JSON.parse((of(name)[0] ?? []).join(" ")) as readonly string[],
    );
    expect(entry).toEqual(["/rollout/node_modules/.bin/gatebook"]);
    expect((await gatebook(image, ...(words ?? []))).code).toBe(4);
  });
});

describe("GitHub workflows", () => {
  interface Workflow {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: Readonly<
      Record<
        string,
        { readonly "runs-on": string; readonly steps: readonly Readonly<Record<string, unknown>>[] }
      >
    >;
  }

  it.each([
    [
      "github-workflow.example.yml",
      ["schedule", "workflow_dispatch"],
      "run --fail-on rollback --format github --format junit",
    ],
    ["github-pull-request.example.yml", ["pull_request"], "check --format github"],
  ])("%s installs what is locked, then runs it", async (name, events, words) => {
    const document = parseDocument(read(`nightly/${name}`), { uniqueKeys: true });
    expect(document.errors).toEqual([]);
    expect(await workflowFaults(read(`nightly/${name}`))).toEqual([]);
    const { on, permissions, jobs } = document.toJS() as Workflow;
    expect(Object.keys(on)).toEqual(events);
    expect(Object.values(permissions).every((right) => right === "read")).toBe(true);
    const [job, ...others] = Object.values(jobs);
    expect([job?.["runs-on"], others]).toEqual(["ubuntu-latest", []]);
    const steps = job?.steps ?? [];
    for (const step of steps) expect(["uses", "run"].filter((key) => key in step)).toHaveLength(1);
    const runs = steps.flatMap(({ run }) => (typeof run === "string" ? [run] : []));
    expect(runs[0]).toBe("npm ci");
    expect(runs).toContain(`npx --no-install gatebook ${words}`);
    for (const run of runs) expect(spawnSync("sh", ["-n", "-c", run]).status).toBe(0);
  });
});
