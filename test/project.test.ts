/** What a contributor and a user with a fault find beside the code: it must name what exists, and be what GitHub and its readers accept. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { packageRoot } from "./helpers/temp-workspace.ts";
import { workflowFaults } from "./helpers/workflow-faults.ts";

const read = (path: string): string => readFileSync(join(packageRoot, path), "utf8");
const { version, scripts } = JSON.parse(read("package.json")) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
};

function yaml<T>(path: string): T {
  const document = parseDocument(read(path), { uniqueKeys: true });
  expect(document.errors, path).toEqual([]);
  return document.toJS() as T;
}

describe("CHANGELOG.md", () => {
  const titles = [...read("CHANGELOG.md").matchAll(/^## \[(.+?)\](?: - (\S+))?$/gm)];

  it("has what is unreleased first, then each version with its day, the newest first", () => {
    const [first, ...released] = titles;
    expect([first?.[1], first?.[2]]).toEqual(["Unreleased", undefined]);
    expect(released.map(([, name]) => name)).toContain(version);
    expect(released.at(-1)?.[1]).toBe("0.1.0");
    for (const [, name, day] of released) {
      expect(name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
    const days = released.map(([, , day = ""]) => day);
    expect(days).toEqual([...days].sort().reverse());
  });

  it("sorts changes by the six kinds of Keep a Changelog, none of them empty", () => {
    const kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    const parts = read("CHANGELOG.md").split(/^### /m).slice(1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      const [kind = "", ...lines] = part.split("\n");
      expect(kinds).toContain(kind);
      expect(lines.filter((line) => line.startsWith("- ")).length, kind).toBeGreaterThan(0);
    }
    expect(read("CHANGELOG.md").match(/^## (?!\[)/gm)).toBeNull();
  });
});

describe("CONTRIBUTING.md", () => {
  const text = read(".github/CONTRIBUTING.md");

  it("names files, folders and scripts that exist", () => {
    const inText = [...text.matchAll(/(?:`|\s)((?:src|test|queries)\/[\w./-]+)/g)].map(
      ([, path = ""]) => path,
    );
    const linked = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = ""]) => join(".github", path));
    const paths = [...inText.filter((path) => !/\bNAME\b/.test(path)), ...linked];
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, script = ""]) => script);
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it("says how each kind of thing is added", () => {
    for (const kind of ["metric", "data check", "command", "report format", "engine"])
      expect(text).toMatch(new RegExp(`^\\| an? ${kind} \\|`, "m"));
  });

  it("names a test that is found by its title", () => {
    const [, file = "", title = ""] = /(test\/\S+) -t "(.+?)"/.exec(text) ?? [];
    expect(read(file)).toMatch(new RegExp(`^ *(it|describe)\\(".*${title}`, "m"));
  });
});

interface Element {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly validations?: { readonly required?: boolean };
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Element[];
}

describe("issue forms", () => {
  const folder = ".github/ISSUE_TEMPLATE";
  const names = readdirSync(join(packageRoot, folder)).filter((name) => name !== "config.yml");
  const form = (name: string): Form => yaml<Form>(`${folder}/${name}`);

  it.each(names)("%s is one that GitHub accepts", (name) => {
    const { name: title, description, body, ...rest } = form(name);
    expect([title, description].every((one) => one.length > 5)).toBe(true);
    expect(
      Object.keys(rest).filter((key) => !["title", "labels", "assignees", "projects", "type"].includes(key)),
    ).toEqual([]);
    const ids = body.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(body.some(({ type }) => type !== "markdown")).toBe(true);
    for (const { type, id, attributes, ...more } of body) {
      expect(["markdown", "textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      expect(Object.keys(more).filter((key) => key !== "validations")).toEqual([]);
      expect(typeof attributes[type === "markdown" ? "value" : "label"]).toBe("string");
      if (type !== "markdown") expect(id).toMatch(/^[\w-]+$/);
    }
  });

  it("ask for what the fault can be seen from", () => {
    const asked = (name: string): readonly unknown[] =>
      form(name)
        .body.filter(({ validations }) => validations?.required === true)
        .map(({ attributes }) => attributes["label"]);
    expect(asked("wrong-verdict.yml")).toContain("result.json");
    expect(asked("refused-export.yml")).toContain("Ten lines of the export");
  });
});

interface Job {
  readonly needs?: string;
  readonly "runs-on": string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

describe("workflows", () => {
  const folder = ".github/workflows";

  it.each(readdirSync(join(packageRoot, folder)))("%s is one that GitHub accepts", async (name) => {
    expect(await workflowFaults(read(`${folder}/${name}`))).toEqual([]);
  });

  it("a fault in one is found", async () => {
    const text = read(`${folder}/release.yml`);
    const faulty = text.replace("matrix.os }}", "matrix.system }}").replace("needs: test", "needs: tests");
    expect(await workflowFaults(faulty)).toEqual([
      expect.stringContaining('"system" is not defined'),
      expect.stringContaining('"tests"'),
    ]);
  });

  it.each(readdirSync(join(packageRoot, folder)))(
    "%s has jobs whose steps do something that exists",
    (name) => {
      const { on, jobs } = yaml<Workflow>(`${folder}/${name}`);
      expect(Object.keys(on).length).toBeGreaterThan(0);
      for (const job of Object.values(jobs)) {
        expect(job["runs-on"]).toBeTypeOf("string");
        for (const { uses, run } of job.steps) {
          expect([uses, run].filter((one) => one !== undefined)).toHaveLength(1);
          expect(uses ?? "a/b@v1").toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
          const called = [...(run ?? "").matchAll(/npm run (?:--silent )?([a-z:]+)/g)];
          expect(called.filter(([, script = ""]) => scripts[script] === undefined)).toEqual([]);
        }
      }
    },
  );

  it("a tag is tested on three systems and three versions of Node before it is published with provenance", () => {
    const { on, permissions, jobs } = yaml<Workflow>(`${folder}/release.yml`);
    expect(on).toEqual({ push: { tags: ["v*.*.*"] } });
    expect(permissions).toEqual({ contents: "read" });
    const { test, publish } = jobs;
    expect(test?.strategy?.matrix).toEqual({
      os: ["ubuntu-latest", "macos-latest", "windows-latest"],
      node: ["20.19", "22", "24"],
    });
    expect(publish?.needs).toBe("test");
    expect(publish?.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(publish?.steps.flatMap(({ run }) => run ?? [])).toContain(
      "npm publish --provenance --access public",
    );
  });
});
