/** One Chromium for a test file, and pages in it; nothing leaves the machine. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Result } from "../../src/model/result.ts";
import { renderAll } from "../../src/report/render.ts";

export const executablePath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** What Jenkins sends with archived HTML unless told otherwise. */
export const jenkins = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';";

/** Why the tests are skipped, or null. */
export const missing: string | null = existsSync(executablePath)
  ? null
  : `no Chromium at ${executablePath}: install it or set CHROMIUM`;

export interface Visit {
  readonly page: Page;
  /** Requests other than the page's own, and whatever the console said. */
  readonly complaints: readonly string[];
}

export interface VisitOptions {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly scripts?: boolean;
  /** Served with this content policy instead of from a file. */
  readonly policy?: string;
}

export interface Pages {
  readonly visit: (name: string, options?: VisitOptions) => Promise<Visit>;
  readonly close: () => Promise<void>;
}

/** report.html of each result, by the same names. */
export async function renderReports(
  results: Readonly<Record<string, Result>>,
): Promise<Readonly<Record<string, string>>> {
  const pages: Record<string, string> = {};
  for (const [name, result] of Object.entries(results)) {
    const [file] = await renderAll(result, { formats: ["html"] });
    pages[name] = file?.content ?? "";
  }
  return pages;
}

export async function openPages(pages: Readonly<Record<string, string>>): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), "gatebook-browser-"));
  for (const [name, html] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), html);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  return {
    visit: (name, options = {}) =>
      visit(browser, { file: join(folder, `${name}.html`), html: pages[name] ?? "" }, options),
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function visit(
  browser: Browser,
  report: { readonly file: string; readonly html: string },
  { width = 1280, scheme = "light", scripts = false, policy }: VisitOptions,
): Promise<Visit> {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    bypassCSP: scripts,
  });
  const complaints: string[] = [];
  const address = policy === undefined ? `file://${report.file}` : "http://report.test/report.html";
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address) complaints.push(`request: ${request.url()}`);
  });
  if (policy !== undefined) {
    const headers = { "content-type": "text/html", "content-security-policy": policy };
    await page.route("**/*", (route) => route.fulfill({ body: report.html, headers }));
  }
  await page.goto(address);
  return { page, complaints };
}
