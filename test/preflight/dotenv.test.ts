import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDotenv } from "../../src/preflight/dotenv.ts";

const reference = (name: string) => `$\{${name}}`;
const valueOfA = (text: string) => parseDotenv(text).entries.get("A")?.value;

describe("parseDotenv", () => {
  it.each([
    ["A=b", "b"],
    ["A = b ", "b"],
    ["  export A=b", "b"],
    ["A=", ""],
    ["A", null],
    ["A=b c", "b c"],
    ["A=b # comment", "b"],
    ["A=b#c", "b#c"],
    ["A=# comment", ""],
    ['A="b # c" # d', "b # c"],
    ["A='b \\n $c'", "b \\n $c"],
    ['A="b\\nc \\"d\\" \\$e \\x"', 'b\nc "d" $e \\x'],
    ['A=`it\'s "b"`', 'it\'s "b"'],
    ['A="b\nc"', "b\nc"],
    ["A=b=c", "b=c"],
    ["A=b\r\nB=c", "b"],
    ["\uFEFFA=b", "b"],
    ["A=b\nA=c", "c"],
  ])("reads %j as %j", (text, value) => {
    expect(valueOfA(text)).toBe(value);
    expect(parseDotenv(text).problems).toEqual([]);
  });

  it("knows the line of each value, also after one that takes several", () => {
    const { entries } = parseDotenv('# first\n\nA="1\n2"\nB=3\n');
    expect([...entries]).toEqual([
      ["A", { value: "1\n2", line: 3 }],
      ["B", { value: "3", line: 5 }],
    ]);
  });

  it("puts in what a name in braces stands for, from the environment first, and leaves what is not set", () => {
    const [a, home, no] = [reference("A"), reference("HOME"), reference("NO")];
    const text = `A=1\nB="${a}-${home}-${no}"\nC='${a}'\nD=${a}`;
    const { entries } = parseDotenv(text, {
      HOME: "h",
      A: "env",
    });
    expect(entries.get("B")?.value).toBe(`env-h-${reference("NO")}`);
    expect(entries.get("C")?.value).toBe(reference("A"));
    expect(entries.get("D")?.value).toBe("env");
  });

  it("says which lines it cannot read, goes on after them, and repeats none of their text", () => {
    const { entries, problems } = parseDotenv('secret words\nB="never closed\nC="a" b\nA=1\n');
    expect(problems).toEqual([
      { line: 1, name: null, message: "is not NAME=value" },
      { line: 2, name: "B", message: "goes on after its closing quote" },
      { line: 3, name: "C", message: "goes on after its closing quote" },
    ]);
    expect(entries.get("A")?.value).toBe("1");
    expect(parseDotenv("B='never closed\nA=1").problems).toEqual([
      { line: 1, name: "B", message: "opens a quote that is never closed" },
    ]);
    expect(JSON.stringify(problems)).not.toContain("secret");
  });

  it("agrees with Node's own reader on plain and quoted values", () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}$/);
    const plain = fc.stringMatching(/^[a-z0-9.,:/_-]{0,8}$/);
    const value = fc.oneof(
      plain,
      plain.map((text) => `"${text}"`),
      plain.map((text) => `'${text} #'`),
      plain.map((text) => `${text} # note`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (pairs) => {
        const text = pairs.map(([key, written]) => `${key}=${written}`).join("\n");
        const ours = Object.fromEntries(
          [...parseDotenv(text).entries].map(([key, entry]) => [key, entry.value]),
        );
        expect(ours).toEqual({ ...parseEnv(text) });
      }),
    );
  });
});
