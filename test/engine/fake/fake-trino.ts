/** A server of recorded answers: what Trino says in each, without Trino. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What is answered: a page, with what a real one has besides (id, stats), or anything else by hand. */
export type Answer =
  | { readonly page: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  | "cut"
  | "silent";

export interface Fake {
  readonly url: string;
  readonly asked: readonly Asked[];
}

export const certificate = readFileSync(join(import.meta.dirname, "certificate.pem"), "utf8");

/** `answer` is called for each request of a statement; /v1/info is answered as Trino does, a DELETE with 204. */
export async function fakeTrino(
  answer: (asked: Asked, url: string) => Answer,
  { secure = false } = {},
): Promise<Fake> {
  const asked: Asked[] = [];
  let url = "";
  const listener: RequestListener = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "", url: path = "", headers } = request;
    if (path === "/v1/info") return void response.end('{"nodeVersion":{"version":"476"},"starting":false}');
    const one = { method, path, headers, body: Buffer.concat(parts).toString() };
    asked.push(one);
    if (method === "DELETE") return void response.writeHead(204).end();
    give(response, answer(one, url), request);
  };
  const key = readFileSync(join(import.meta.dirname, "key.pem"), "utf8");
  const server = secure ? createSecureServer({ key, cert: certificate }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  url = `${secure ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked };
}

const stats = { state: "RUNNING", nodes: 2, totalSplits: 5, cpuTimeMillis: 7, processedRows: 11 };

function give(response: ServerResponse, answer: Answer, request: IncomingMessage): void {
  if (answer === "silent") return;
  if (answer === "cut") {
    request.socket.destroy();
    return;
  }
  if ("page" in answer) {
    const text = JSON.stringify({ id: "20260201_000000_00001_abcde", stats, ...answer.page });
    const isPacked = request.headers["accept-encoding"] === "gzip";
    const encoding = isPacked ? { "content-encoding": "gzip" } : {};
    response.writeHead(200, { "content-type": "application/json", ...encoding });
    response.end(isPacked ? gzipSync(text) : text);
    return;
  }
  response.writeHead(answer.status, answer.headers ?? {});
  response.end(answer.text ?? "");
}
