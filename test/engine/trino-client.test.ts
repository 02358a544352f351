/** Trino's protocol as our client speaks it, against recorded answers. What a real cluster does is tried in `*.trino.ts`. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { RemoteEngine } from "../../src/engine/engine.ts";
import { openTrino } from "../../src/engine/trino/open.ts";
import type { TrinoOptions } from "../../src/engine/trino/options.ts";
import { failure } from "./contract.ts";
import { type Answer, type Asked, certificate, fakeTrino } from "./fake/fake-trino.ts";

const base = {
  catalog: "lake",
  schema: "feed",
  scratch: "lake.gatebook",
  user: "ann",
  owner: "test",
  retryForMs: 400,
};

async function engineAt(server: string, options: Partial<TrinoOptions> = {}): Promise<RemoteEngine> {
  const engine = await openTrino({ ...base, server, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

const columns = [{ name: "n", type: "bigint" }];

/** Answers in turn, the last one for ever. `URL` in a nextUri is the server's own. */
async function answering(answers: readonly Answer[], options: Partial<TrinoOptions> = {}, secure = false) {
  let at = 0;
  const fake = await fakeTrino(
    (_, url) => {
      const answer = answers[Math.min(at++, answers.length - 1)] ?? "cut";
      if (typeof answer === "string" || !("page" in answer)) return answer;
      const next = answer.page["nextUri"];
      return typeof next === "string"
        ? { page: { ...answer.page, nextUri: next.replace("URL", url) } }
        : answer;
    },
    { secure },
  );
  return { ...fake, engine: await engineAt(fake.url, options) };
}

const more = (token: number, page: object = {}): Answer => ({
  page: { nextUri: `URL/v1/statement/executing/q/x/${token}`, ...page },
});
const done: Answer = { page: { columns, data: [[3]] } };
const numbers = "SELECT n FROM numbers";

describe("pages", () => {
  it("are read to the last one, the empty first one among them, in turn", async () => {
    const { engine, asked } = await answering([
      more(0),
      more(1, { columns, data: [[1], [2]] }),
      more(2, { columns }),
      done,
    ]);
    expect(await engine.rows(numbers)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(asked.map(({ method, path }) => `${method} ${path.replace("/v1/statement", "")}`)).toEqual([
      "POST ",
      "GET /executing/q/x/0",
      "GET /executing/q/x/1",
      "GET /executing/q/x/2",
    ]);
    expect(asked[0]?.headers).toMatchObject({
      "x-trino-user": "ann",
      "x-trino-source": "gatebook",
      "x-trino-catalog": "lake",
      "x-trino-schema": "feed",
      "x-trino-time-zone": "UTC",
      "x-trino-client-capabilities": "PARAMETRIC_DATETIME",
    });
  });

  it("keep the digits of integers, leave numbers in texts alone, and know NaN", async () => {
    const page = `{"id":"q","stats":{},"columns":[{"name":"a","type":"bigint"},{"name":"b","type":"varchar"},{"name":"c","type":"double"},
      {"name":"d","type":"double"},{"name":"e","type":"array(bigint)"}],
      "data":[[6975844698222339372,"id 6975844698222339372 \\"x\\"",0.1234567890123456,"NaN",[1,2]]]}`;
    const { engine } = await answering([{ status: 200, text: page }]);
    const { rows } = await engine.query({ file: "a.sql", sql: numbers }, { exact: true });
    expect(rows).toEqual([
      ["6975844698222339372", 'id 6975844698222339372 "x"', 0.1234567890123456, null, "[1,2]"],
    ]);
  });

  it("that are none are an error", async () => {
    const { engine } = await answering([{ status: 200, text: "<html>maintenance</html>" }]);
    expect(await failure(engine.rows(numbers))).toMatchObject({ code: "store", kind: "unavailable" });
  });

  it("of an error end the statement, with its place, its kind and, in our own SQL, the query's id", async () => {
    const error = {
      message: "line 2:3: Column 'nope' cannot be resolved",
      errorName: "COLUMN_NOT_FOUND",
      errorType: "USER_ERROR",
      errorLocation: { lineNumber: 2, columnNumber: 3 },
    };
    const { engine } = await answering([more(0), { page: { error } }]);
    const file = { file: "queries/cells/a.sql", sql: "SELECT n,\n  nope FROM t" };
    expect(await failure(engine.query(file))).toMatchObject({
      message: "Column 'nope' cannot be resolved",
      kind: "query",
      where: { file: file.file, line: 2, column: 3 },
    });
    const own = await failure(engine.rows("SELECT n,\n  nope FROM t"));
    expect([own.code, own.hint]).toEqual(["store", expect.stringContaining("20260201_000000_00001_abcde")]);
  });

  it.each([
    ["INVALID_CAST_ARGUMENT", "USER_ERROR", "data", "query"],
    ["PERMISSION_DENIED", "USER_ERROR", "permission", "query"],
    ["EXCEEDED_LOCAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", "memory", "query"],
    ["EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", "timeout", "query"],
    ["GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", "crashed", "query"],
    ["ICEBERG_FILESYSTEM_ERROR", "EXTERNAL", "io", "store"],
    ["REMOTE_HOST_GONE", "INTERNAL_ERROR", "unavailable", "store"],
  ])(
    "of %s are of a kind, and no fault of the file where the cluster failed",
    async (errorName, errorType, kind, code) => {
      const { engine } = await answering([{ page: { error: { message: "no", errorName, errorType } } }]);
      expect(await failure(engine.query({ file: "a.sql", sql: numbers }))).toMatchObject({ kind, code });
    },
  );

  it("of no room left say so, whatever the error is called", async () => {
    const error = {
      message: "write failed: No space left on device",
      errorName: "ICEBERG_WRITER_CLOSE_ERROR",
      errorType: "EXTERNAL",
    };
    const { engine } = await answering([{ page: { error } }]);
    const failed = await failure(engine.scratch("t", numbers));
    expect(failed).toMatchObject({
      code: "store",
      kind: "disk_full",
      hint: expect.stringContaining("lake.gatebook"),
    });
  });
});

describe("a server that is busy, or a connection that is lost,", () => {
  it.each([
    ["429", { status: 429 }],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["a connection cut", "cut"],
  ] as const)("is asked again, for pages as for the statement itself: %s", async (_, answer) => {
    const { engine } = await answering([
      answer,
      more(0),
      answer,
      more(1, { columns, data: [[1]] }),
      answer,
      done,
    ]);
    expect(await engine.rows(numbers)).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it("is given up after the time for it, with the query's id", async () => {
    const { engine } = await answering([more(0), { status: 503 }]);
    const failed = await failure(engine.rows(numbers));
    expect(failed).toMatchObject({ code: "store", kind: "unavailable" });
    expect(failed.message).toMatch(/it answers 503.*query 20260201_000000_00001_abcde/);
  });

  it("that has forgotten the statement runs it again, unless rows were handed on", async () => {
    const forgot = { status: 404, text: "Query not found" };
    const { engine, asked } = await answering([more(0), forgot, more(1, { columns, data: [[1]] }), done], {
      retryForMs: 5000,
    });
    expect(await engine.rows(numbers)).toEqual([{ n: 1 }, { n: 3 }]);
    expect(asked.filter(({ method }) => method === "POST")).toHaveLength(2);
    const again = await answering([more(0, { columns, data: [[1]] }), forgot, done]);
    expect(await failure(again.engine.query({ file: "a.sql", sql: numbers }))).toMatchObject({
      kind: "unavailable",
    });
    expect(again.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("that has lost a worker runs the statement again; a table half made is made under another name", async () => {
    const error = { message: "gone", errorName: "REMOTE_HOST_GONE", errorType: "INTERNAL_ERROR" };
    const made: string[] = [];
    const fake = await fakeTrino(({ body }) => {
      const [table] = /CREATE TABLE \S+/.exec(body) ?? [];
      if (table !== undefined) made.push(table);
      return table !== undefined && made.length === 1 ? { page: { error } } : done;
    });
    const engine = await engineAt(fake.url, { retryForMs: 5000 });
    await engine.scratch("kept", numbers);
    expect(new Set(made).size).toBe(2);
  });

  it("that never answered is not waited for", async () => {
    const started = Date.now();
    const failed = await failure(openTrino({ ...base, server: "http://127.0.0.1:9", retryForMs: 60_000 }));
    expect(failed).toMatchObject({ code: "store", kind: "unavailable" });
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

describe("a statement that nobody waits for any more", () => {
  const deleted = (asked: readonly Asked[]) =>
    asked.filter(({ method }) => method === "DELETE").map(({ path }) => path);

  it("is cancelled on the server when its time is over", async () => {
    const { engine, asked } = await answering([more(7)]);
    const failed = await failure(engine.query({ file: "slow.sql", sql: numbers }, { timeoutMs: 100 }));
    expect(failed).toMatchObject({
      kind: "timeout",
      message: "the query ran longer than 0.1 s and was stopped",
    });
    await engine.close();
    expect(deleted(asked)).toEqual(["/v1/statement/executing/q/x/7"]);
  });

  it("is cancelled though the server has been silent since, and though it had not yet answered", async () => {
    for (const first of [more(7), "silent"] as const) {
      const { engine, asked } = await answering([first, "silent"]);
      const failed = await failure(engine.query({ file: "slow.sql", sql: numbers }, { timeoutMs: 100 }));
      expect(failed).toMatchObject({ kind: "timeout" });
      if (first !== "silent") await expect.poll(() => deleted(asked)).toHaveLength(1);
    }
  });

  it("is cancelled when the session is interrupted", async () => {
    const { engine, asked } = await answering([more(7)]);
    const running = failure(engine.rows(numbers));
    await new Promise((resolve) => setTimeout(resolve, 50));
    engine.interrupt();
    expect(await running).toMatchObject({ kind: "interrupted" });
    await engine.close();
    expect(deleted(asked)).toHaveLength(1);
  });

  it("is cancelled when the process is to end, and none is asked after it; tables are still dropped", async () => {
    let stop = (): void => {};
    let isHeard = true;
    const onStop = (asked: () => void) => {
      stop = asked;
      return () => {
        isHeard = false;
      };
    };
    let next: Answer = done;
    const fake = await fakeTrino((asked, url) => {
      if (asked.method === "POST" && asked.body.startsWith("DROP")) return done;
      if (typeof next === "string" || !("page" in next)) return next;
      const uri = next.page["nextUri"];
      return typeof uri === "string" ? { page: { ...next.page, nextUri: uri.replace("URL", url) } } : next;
    });
    const engine = await engineAt(fake.url, { onStop });
    await engine.scratch("t", numbers);
    next = more(7);
    const running = failure(engine.query({ file: "slow.sql", sql: numbers }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop();
    // of the store, not of the file: a metric that is missing would be judged without
    expect(await running).toMatchObject({ code: "store", kind: "interrupted" });
    const before = fake.asked.length;
    expect(await failure(engine.rows(numbers))).toMatchObject({ code: "store", kind: "interrupted" });
    expect(fake.asked.slice(before).filter(({ method }) => method === "POST")).toEqual([]);
    await engine.close();
    expect(deleted(fake.asked)).toHaveLength(1);
    expect(fake.asked.filter(({ body }) => body.startsWith("DROP TABLE"))).toHaveLength(1);
    expect(isHeard).toBe(false);
  });
});

it("closing a session of a cluster that is gone takes seconds, however many tables it has there", async () => {
  let isGone = false;
  const fake = await fakeTrino(() => (isGone ? "cut" : done));
  const engine = await openTrino({ ...base, server: fake.url, retryForMs: 60_000 });
  for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) await engine.scratch(name, numbers);
  isGone = true;
  const started = Date.now();
  await engine.close();
  expect(Date.now() - started).toBeLessThan(9000);
});

describe("signing in", () => {
  const secret = { kind: "password", password: "hunter2" } as const;

  it("with a password or a token sends it with every request, and with nothing else", async () => {
    const { engine, asked } = await answering([more(0), done], { secret });
    await engine.rows(numbers);
    const basic = `Basic ${Buffer.from("ann:hunter2").toString("base64")}`;
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    const other = await answering([done], { secret: { kind: "token", token: "a.b.c" } });
    await other.engine.rows(numbers);
    expect(other.asked[0]?.headers.authorization).toBe("Bearer a.b.c");
  });

  it("that has expired says which variable to renew, and tells no secret", async () => {
    const { engine } = await answering([{ status: 401, text: "Unauthorized hunter2" }], { secret });
    const failed = await failure(engine.rows(numbers));
    expect(failed).toMatchObject({ code: "usage", hint: expect.stringContaining("engine.password_env") });
    expect(JSON.stringify([failed.message, failed.hint, failed.stack])).not.toContain("hunter2");
  });

  it("goes unencrypted to this machine alone", async () => {
    const failed = await failure(openTrino({ ...base, server: "http://trino.example.com:8080", secret }));
    expect(failed).toMatchObject({ code: "usage", hint: expect.stringContaining("https") });
  });

  it("is not handed on to where the server leads", async () => {
    const { engine } = await answering(
      [{ status: 307, headers: { location: "http://127.0.0.1:9/v1/statement" } }],
      { secret },
    );
    expect(await failure(engine.rows(numbers))).toMatchObject({
      code: "usage",
      message: expect.stringContaining("http://127.0.0.1:9"),
    });
    const next = await answering([{ page: { nextUri: "http://127.0.0.1:9/v1/next" } }], { secret });
    expect(await failure(next.engine.rows(numbers))).toMatchObject({ code: "usage" });
  });

  it("follows a redirect to another path of the same server", async () => {
    const { engine, asked } = await answering([
      { status: 307, headers: { location: "/trino/v1/statement" } },
      done,
    ]);
    expect(await engine.rows(numbers)).toEqual([{ n: 3 }]);
    expect(asked[1]).toMatchObject({ method: "POST", path: "/trino/v1/statement", body: numbers });
  });
});

describe("TLS", () => {
  it("with a certificate that nobody vouches for is refused, and says how to trust it", async () => {
    const fake = await fakeTrino(() => done, { secure: true });
    const failed = await failure(openTrino({ ...base, server: fake.url }));
    expect(failed).toMatchObject({ code: "usage", hint: expect.stringContaining("engine.ca") });
    expect(fake.asked).toEqual([]);
  });

  it("with that certificate named is spoken", async () => {
    const { engine } = await answering([done], { ca: certificate }, true);
    expect(await engine.rows(numbers)).toEqual([{ n: 3 }]);
  });
});

describe("what a statement took", () => {
  it("is what its pages say, added up: bytes and rows that came back, splits, nodes, time of processors", async () => {
    const { engine } = await answering([more(0), done]);
    await engine.rows(numbers);
    const [cost] = engine.costs();
    expect(cost).toMatchObject({ what: numbers, rows: 1, splits: 5, nodes: 2, cpuMs: 7, scannedRows: 11 });
    expect(cost?.bytes).toBeGreaterThan(300);
  });

  it("is counted as it came over the line, where the server packs its pages", async () => {
    const { engine } = await answering([more(0, { warnings: ["the same again ".repeat(1000)] }), done]);
    expect(await engine.rows(numbers)).toEqual([{ n: 3 }]);
    expect(engine.costs()[0]?.bytes).toBeLessThan(2000);
  });
});
