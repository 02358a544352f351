/**
 * One HTTP request and its whole answer. Node's own client rather than fetch, which takes no file of certificates and follows a
 * redirect to wherever it leads, secrets and all.
 */
import { Agent as HttpAgent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Without a byte for so long the connection is given up: it fails with code ETIMEDOUT. */
  readonly idleMs: number;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
  /** As they came over the line, compressed where the server does so. */
  readonly bytes: number;
  /** Of a redirect. */
  readonly location: string | null;
}

export interface Transport {
  readonly send: (url: URL, request: HttpRequest) => Promise<HttpReply>;
  readonly close: () => void;
}

const unpack = promisify(gunzip);

/** `ca`: certificates (PEM) to trust besides those that Node brings along. */
export function transportOf(ca: string | undefined): Transport {
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true, ...trusted }),
  };
  return {
    send: (url, request) =>
      new Promise((resolve, reject) => {
        const { method, headers, body, signal, idleMs } = request;
        const isSecure = url.protocol === "https:";
        const open = isSecure ? httpsRequest : httpRequest;
        const agent = isSecure ? agents.https : agents.http;
        const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
        // most of a page is the cluster's account of its stages: a tenth of it is left
        const all = { "Accept-Encoding": "gzip", ...headers, ...length };
        const options = { method, agent, headers: all, ...(signal && { signal }) };
        const sent = open(url, options, (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("error", reject);
          answer.on("end", () => {
            const whole = Buffer.concat(parts);
            const { location = null, "content-encoding": encoding } = answer.headers;
            const { statusCode: status = 0 } = answer;
            const reply = (text: Buffer): void =>
              resolve({ status, text: text.toString("utf8"), bytes: whole.length, location });
            if (encoding === "gzip") unpack(whole).then(reply, reject);
            else reply(whole);
          });
        });
        sent.setTimeout(idleMs, () => {
          sent.destroy(Object.assign(new Error(`no answer for ${idleMs / 1000} s`), { code: "ETIMEDOUT" }));
        });
        sent.on("error", reject);
        sent.end(body);
      }),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
