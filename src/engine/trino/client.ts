/**
 * Trino's client protocol: a statement is posted, then page after page is asked for until there is no next one. Busy servers and lost
 * connections are tried again; a statement that nobody waits for any more is cancelled on the server.
 */
import type { EngineErrorKind } from "../engine-error.ts";
import { EngineError } from "../engine-error.ts";
import type { TrinoOptions } from "./options.ts";
import { type Fault, type Page, parseInfo, parsePage } from "./page.ts";
import { type HttpReply, type HttpRequest, transportOf } from "./transport.ts";

export interface Call {
  readonly sql: string;
  readonly user: string;
  /** A statement that `sql` calls `f`, for DESCRIBE OUTPUT. */
  readonly prepared?: string | undefined;
  /** Settings of this statement alone, e.g. "skip_redundant_sort=false". */
  readonly settings?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Client {
  /** Hands over every page in turn; the next one is asked for when `take` is done. Throws StatementFault, EngineError or the signal's reason. */
  readonly run: (call: Call, take: (page: Page, bytes: number) => Promise<void> | void) => Promise<void>;
  /** The server's version, e.g. "476". Waits for one that is starting, but not for one that does not answer. */
  readonly version: (signal: AbortSignal) => Promise<string>;
  /** From now on nothing is waited for longer than a few seconds: what is left is tidying up. */
  readonly hurry: () => void;
  /** Waits for cancellations under way. */
  readonly close: () => Promise<void>;
}

/** The server ended the statement with an error. */
export class StatementFault extends Error {
  readonly fault: Fault;
  readonly queryId: string;

  constructor(fault: Fault, queryId: string) {
    super(fault.message);
    this.fault = fault;
    this.queryId = queryId;
  }
}

const RETRY_MS = 60_000;
const HURRY_MS = 3000;
/** The server itself answers after a second at most, with an empty page if need be. */
const IDLE_MS = 30_000;
/** For the answer to a statement that nobody waits for: there is nothing to cancel before it. */
const PATIENCE_MS = 2000;
const BUSY = [429, 502, 503, 504];
const MOST_REDIRECTS = 5;

/** Of lost connections. A host that does not exist, or a certificate that is not trusted, is no such thing. */
const LOST = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"];

export function clientOf(options: TrinoOptions): Client {
  const server = new URL(options.server);
  const transport = transportOf(options.ca);
  const authorization = authorizationOf(options);
  let retryForMs = options.retryForMs ?? RETRY_MS;
  const ending = new Set<Promise<unknown>>();
  let met = false;

  const once = async (url: URL, request: HttpRequest): Promise<HttpReply> => {
    let target = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const reply = await transport.send(target, request);
      if (![301, 302, 303, 307, 308].includes(reply.status) || reply.location === null) return reply;
      const next = new URL(reply.location, target);
      const keeps = request.method !== "POST" || reply.status === 307 || reply.status === 308;
      if (next.origin !== server.origin || !keeps) throw elsewhere(server, next);
      target = next;
    }
    throw new Unavailable(server, "it redirects in a circle");
  };

  /** An answer with status 200, however often that takes. */
  const ask = async (
    url: URL,
    request: HttpRequest,
    { queryId, waits = true }: { readonly queryId?: string | undefined; readonly waits?: boolean } = {},
  ): Promise<HttpReply> => {
    const started = Date.now();
    for (let pause = 100; ; pause = Math.min(pause * 2, 3000)) {
      let why: string;
      try {
        const reply = await once(url, request);
        met = true;
        if (reply.status === 200) return reply;
        if (!BUSY.includes(reply.status)) throw refusal(reply, { server, options, queryId });
        why = `it answers ${reply.status}`;
      } catch (error) {
        request.signal?.throwIfAborted();
        why = connectionFault(error, server);
        if (!met && !waits) throw new Unavailable(server, why);
      }
      if (Date.now() - started + pause > retryForMs) {
        throw new GivenUp(server, `${why}, and did so for ${Math.round(retryForMs / 1000)} s`, queryId);
      }
      await sleep(pause, request.signal);
    }
  };

  const headersOf = ({ user, prepared, settings }: Omit<Call, "sql" | "signal">): HttpRequest["headers"] => ({
    "X-Trino-User": user,
    "X-Trino-Source": "gatebook",
    "X-Trino-Catalog": options.catalog,
    "X-Trino-Schema": options.schema,
    "X-Trino-Time-Zone": "UTC",
    // without it timestamps are cut to milliseconds
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    ...(settings === undefined ? {} : { "X-Trino-Session": settings }),
    ...(prepared === undefined ? {} : { "X-Trino-Prepared-Statement": `f=${encodeURIComponent(prepared)}` }),
    ...authorization,
  });

  const pageOf = (reply: HttpReply): Page => {
    const page = parsePage(reply.text);
    if (page === null)
      throw new Unavailable(server, `its answer is no page of a statement: ${head(reply.text)}`);
    if (page.nextUri !== undefined) {
      const next = new URL(page.nextUri, server);
      if (next.origin !== server.origin) throw elsewhere(server, next);
    }
    return page;
  };

  const cancel = (next: string, headers: HttpRequest["headers"]): void => {
    const sent = transport
      .send(new URL(next, server), { method: "DELETE", headers, idleMs: 5000 })
      .catch(() => undefined)
      .finally(() => ending.delete(sent));
    ending.add(sent);
  };

  /** Posting is not cut short: the answer says what there is to cancel. */
  const post = async ({ sql, signal }: Call, headers: HttpRequest["headers"]): Promise<HttpReply> => {
    const patience = new AbortController();
    const request = { method: "POST", headers, body: sql, signal: patience.signal, idleMs: IDLE_MS } as const;
    let isOver = false;
    const posted = ask(new URL("/v1/statement", server), request).then((reply) => {
      const next = isOver ? parsePage(reply.text)?.nextUri : undefined;
      if (next !== undefined) cancel(next, headers);
      return reply;
    });
    const settled = posted.catch(() => undefined).finally(() => ending.delete(settled));
    ending.add(settled);
    const over = abortedBy(signal);
    try {
      return await Promise.race([posted, over.reason]);
    } catch (error) {
      isOver = true;
      setTimeout(() => patience.abort(), PATIENCE_MS).unref();
      throw error;
    } finally {
      over.forget();
    }
  };

  return {
    run: async (call, take) => {
      const { signal } = call;
      signal.throwIfAborted();
      const headers = headersOf(call);
      let next: string | undefined;
      try {
        let reply = await post(call, headers);
        for (;;) {
          const page = pageOf(reply);
          next = page.nextUri;
          signal.throwIfAborted();
          if (page.error !== undefined) throw new StatementFault(page.error, page.id);
          await take(page, reply.bytes);
          if (next === undefined) return;
          const request = { method: "GET", headers, signal, idleMs: IDLE_MS } as const;
          reply = await ask(new URL(next, server), request, { queryId: page.id });
        }
      } catch (error) {
        if (next !== undefined) cancel(next, headers);
        throw error;
      }
    },
    version: async (signal) => {
      const request = { method: "GET", headers: {}, signal, idleMs: IDLE_MS } as const;
      const { text } = await ask(new URL("/v1/info", server), request, { waits: false });
      const version = parseInfo(text);
      if (version === null) throw new Unavailable(server, `it does not answer as Trino does: ${head(text)}`);
      return version;
    },
    hurry: () => {
      retryForMs = Math.min(retryForMs, HURRY_MS);
    },
    close: async () => {
      await Promise.all(ending);
      transport.close();
    },
  };
}

function authorizationOf({ user, secret }: TrinoOptions): HttpRequest["headers"] {
  switch (secret?.kind) {
    case "password":
      return {
        Authorization: `Basic ${Buffer.from(`${user}:${secret.password}`, "utf8").toString("base64")}`,
      };
    case "token":
      return { Authorization: `Bearer ${secret.token}` };
    default:
      return {};
  }
}

function head(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** What a connection died of; throws what no waiting cures. */
function connectionFault(error: unknown, server: URL): string {
  if (error instanceof EngineError || !(error instanceof Error)) throw error;
  const code = "code" in error ? String(error.code) : "";
  if (LOST.includes(code)) return `${code}: ${error.message}`;
  if (/CERT|SIGNED|SIGNATURE|ISSUER|TLS|SSL/.test(code)) {
    throw signIn(
      server,
      `its certificate is not trusted (${code})`,
      "name the file of the certificate, or of who signed it, in engine.ca of rollout.yaml; certificates are always verified",
    );
  }
  throw new Unavailable(server, error.message);
}

interface Refused {
  readonly server: URL;
  readonly options: TrinoOptions;
  readonly queryId: string | undefined;
}

function refusal({ status, text }: HttpReply, { server, options, queryId }: Refused): EngineError {
  const { kind } = options.secret ?? { kind: "none" };
  if (status === 401 || status === 403) {
    const asked = {
      none: "it asks for a way to sign in: name engine.password_env or engine.token_env in rollout.yaml; other ways (Kerberos, OAuth in a browser, client certificates) are not supported",
      password: `it is not valid, or has expired: put the present one of ${options.user} into the variable that engine.password_env names`,
      token:
        "it is not valid, or has expired: put a present one into the variable that engine.token_env names",
    };
    const what = { none: "nobody without a secret", password: "the password", token: "the token" };
    return signIn(
      server,
      `it accepts ${kind === "none" ? what.none : `not ${what[kind]}`} (HTTP ${status})`,
      asked[kind],
    );
  }
  const gone = status === 404 || status === 410;
  const what = gone
    ? "it does not know the statement any more: it was restarted"
    : `it answers ${status}: ${head(text)}`;
  return new Unavailable(server, what, queryId);
}

function signIn(server: URL, what: string, hint: string): EngineError {
  return new EngineError("usage", `Trino at ${server.origin}: ${what}`, {
    kind: "unavailable" satisfies EngineErrorKind,
    reason: what,
    hint,
  });
}

function elsewhere(server: URL, to: URL): EngineError {
  const what = `it sends us on to ${to.origin}`;
  const hint =
    "name that one in engine.server of rollout.yaml; behind a proxy the coordinator needs http-server.process-forwarded=true";
  return signIn(server, what, hint);
}

class Unavailable extends EngineError {
  constructor(server: URL, reason: string, queryId?: string) {
    const query = queryId === undefined ? "" : ` (query ${queryId})`;
    super("store", `Trino at ${server.origin} is unavailable: ${reason}${query}`, {
      kind: "unavailable",
      reason,
      hint: "nothing was judged: run again when the cluster answers",
    });
  }
}

/** The server was asked for as long as it is asked: nothing is to be tried again. */
export class GivenUp extends Unavailable {}

/** Rejects with the signal's reason; to be forgotten when nobody waits for it, since one signal has many statements. */
function abortedBy(signal: AbortSignal): { readonly reason: Promise<never>; readonly forget: () => void } {
  let abort = (): void => {};
  const reason = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  return { reason, forget: () => signal.removeEventListener("abort", abort) };
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
