/** What the preview's server answers, and what it refuses: asked by hand, since a browser would not send these headers. */
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PreviewServer, servePreview } from "../../src/preview/server.ts";

let server: PreviewServer;
let port: number;
let home: string;
beforeAll(async () => {
  server = await servePreview(0, { page: (nonce) => `<p>${nonce}</p>`, version: () => "v-1" });
  port = Number(new URL(server.url).port);
  home = new URL(server.url).pathname;
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: string[] = [];
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        chunks.push(chunk);
        if (
          response.headers["content-type"]?.startsWith("text/event-stream") &&
          chunks.join("").includes("data: ")
        )
          response.destroy();
      });
      response.on("close", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: chunks.join("") }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

it("answers with the page, under a policy that lets its own script run and nothing else", async () => {
  const { status, headers, body } = await ask(home);
  expect(status).toBe(200);
  const policy = String(headers["content-security-policy"]);
  const nonce = /<p>(.+)<\/p>/.exec(body)?.[1] ?? "none";
  expect(nonce.length).toBeGreaterThan(20);
  expect(policy).toContain(`script-src 'nonce-${nonce}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
  expect((await ask(home)).body).not.toBe(body);
});

it("listens on the loopback address only", () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\/$/);
});

describe("a name that was pointed to this machine", () => {
  it.each(["evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:PORT"])(
    "is refused: Host %s",
    async (host) => {
      const { status, body } = await ask(home, { host: host.replace("PORT", String(port)) });
      expect(status).toBe(403);
      expect(body).toBe("this page answers to this machine only\n");
    },
  );

  it.each(["127.0.0.1", "localhost", "[::1]"])("this machine's own names are not: %s", async (name) => {
    expect((await ask(home, { host: `${name}:${port}` })).status).toBe(200);
  });
});

describe("another site", () => {
  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("is refused: %j", async (headers) => {
    for (const path of [home, `${home}events`]) {
      const { status, body } = await ask(path, headers as Readonly<Record<string, string>>);
      expect(status).toBe(403);
      expect(body).toBe("this page answers to no other site\n");
    }
  });

  it("the page itself is not", async () => {
    const headers = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };
    expect((await ask(`${home}events`, headers)).status).toBe(200);
  });
});

it.each(["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])("answers GET only: %s", async (method) => {
  const { status, headers } = await ask(home, {}, method);
  expect(status).toBe(405);
  expect(headers.allow).toBe("GET");
});

it.each([
  "/",
  "/events",
  "/AAAAAAAAAAAAAAAAAAAAAAAA/",
  "/AAAAAAAAAAAAAAAAAAAAAAAA/events",
  "/rollout.yaml",
  "/../rollout.yaml",
  "/queries/metrics/ctr.sql",
  "/?x=1",
  "//evil.example/",
  "/events/",
])("serves no file and no other path: %s", async (path) => {
  expect((await ask(path)).status).toBe(404);
});

it("tells a page that comes back which version is the newest", async () => {
  const { headers, body } = await ask(`${home}events`);
  expect(headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  expect(body).toContain('event: page\ndata: {"version":"v-1","focus":null}\n\n');
});

it("says which port is taken, and what to do", async () => {
  await expect(servePreview(port, { page: () => "", version: () => "" })).rejects.toMatchObject({
    code: "usage",
    message: `port ${port} cannot be used: EADDRINUSE`,
    hint: "choose another with --port, or --port 0 for any that is free",
  });
});
