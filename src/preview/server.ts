/**
 * The preview's page over HTTP, for this machine only: every answer contains data and SQL of the workspace. It answers GET for two
 * paths under a token, reads no file for a request, and rejects requests of another site or a rebound name.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GatebookError } from "../model/error.ts";

export interface PreviewServer {
  /** "http://127.0.0.1:4571/TOKEN/": who does not know the token, another user of this machine, gets nothing. */
  readonly url: string;
  /** Tells every open page of a new version. */
  readonly announce: (news: News) => void;
  readonly close: () => Promise<void>;
}

export interface News {
  readonly version: string;
  /** Id of what was edited; null: nothing to scroll to. */
  readonly focus: string | null;
}

export interface Content {
  /** The page now, for a policy that lets this nonce run. */
  readonly page: (nonce: string) => string;
  readonly version: () => string;
}

const HOST = "127.0.0.1";

/** `port` 0: any that is free. Throws GatebookError `usage` when the port is taken. */
export async function servePreview(port: number, content: Content): Promise<PreviewServer> {
  const listeners = new Set<ServerResponse>();
  const home = `/${randomBytes(18).toString("base64url")}/`;
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, portOf(server));
    if (refusal !== null) return refuse(response, refusal);
    if (isSame(request.url, home)) return sendPage(response, content);
    if (isSame(request.url, `${home}events`)) return openEvents(response, content, listeners);
    refuse(response, { status: 404, text: "there is nothing here: open the address that gatebook printed" });
  });
  await listen(server, port);
  return {
    url: `http://${HOST}:${portOf(server)}${home}`,
    announce: (news) => {
      for (const listener of listeners) sendNews(listener, news);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** In the same time whatever is asked for, so that the token cannot be guessed letter by letter. */
function isSame(asked: string | undefined, path: string): boolean {
  const [one, other] = [Buffer.from(asked ?? ""), Buffer.from(path)];
  return one.length === other.length && timingSafeEqual(one, other);
}

interface RefusedRequest {
  readonly status: number;
  readonly text: string;
}

/** Another site's page can make a browser ask here: its Origin shows that, and the Host header shows a name it points to this machine. */
function refusalOf({ method, headers }: IncomingMessage, port: number): RefusedRequest | null {
  const hosts = [HOST, "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (!hosts.includes(headers.host ?? ""))
    return { status: 403, text: "this page answers to this machine only" };
  const { origin } = headers;
  const fetchSite = headers["sec-fetch-site"] ?? "none";
  const isForeign = origin !== undefined && origin !== `http://${headers.host}`;
  if (isForeign || !["none", "same-origin"].includes(String(fetchSite)))
    return { status: 403, text: "this page answers to no other site" };
  return method === "GET" ? null : { status: 405, text: "only GET" };
}

const COMMON = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function refuse(response: ServerResponse, { status, text }: RefusedRequest): void {
  const allow = status === 405 ? { allow: "GET" } : {};
  response.writeHead(status, { ...COMMON, ...allow, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

function sendPage(response: ServerResponse, content: Content): void {
  const nonce = randomBytes(18).toString("base64url");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  response.writeHead(200, {
    ...COMMON,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
  response.end(content.page(nonce));
}

/** A page that comes back after a pause gets the version at once, and fetches what it missed. */
function openEvents(response: ServerResponse, content: Content, listeners: Set<ServerResponse>): void {
  response.writeHead(200, { ...COMMON, "content-type": "text/event-stream; charset=utf-8" });
  response.write("retry: 1000\n\n");
  sendNews(response, { version: content.version(), focus: null });
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}

function sendNews(response: ServerResponse, news: News): void {
  response.write(`event: page\ndata: ${JSON.stringify(news)}\n\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      if (!isTaken) return reject(error);
      const hint = "choose another with --port, or --port 0 for any that is free";
      reject(
        new GatebookError("usage", `port ${port} cannot be used: ${error.code}`, { hint, cause: error }),
      );
    });
    server.listen(port, HOST, () => resolve());
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
