/** What a page looks like on paper: its PDF as text, page by page, beside what must stand on it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";

const pdftotext = "/usr/bin/pdftotext";

/** Why a PDF cannot be read here, or null. */
export const unreadable: string | null = existsSync(pdftotext)
  ? null
  : `no ${pdftotext}: install poppler-utils`;

export interface PrintedPage {
  /** As it is laid out, the page's head first. */
  readonly text: string;
  /** Every character but white space and the margins, in the order of the document. */
  readonly letters: string;
}

export async function printed(page: Page): Promise<readonly PrintedPage[]> {
  const folder = mkdtempSync(join(tmpdir(), "gatebook-print-"));
  try {
    const file = join(folder, "page.pdf");
    writeFileSync(file, await page.pdf({ format: "A4", preferCSSPageSize: true, printBackground: true }));
    const read = (way: string) =>
      execFileSync(pdftotext, [way, file, "-"], { maxBuffer: 1e8 }).toString().split("\f").slice(0, -1);
    const title = letters(await page.title());
    const raw = read("-raw");
    return read("-layout").map((text, index) => ({
      text,
      letters: letters(raw[index] ?? "")
        .replace(title, "")
        .replace(`${index + 1}/${raw.length}`, ""),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Nothing but what is printed: spaces and breaks come and go with the layout, and few fonts have pictures of controls. */
export function letters(text: string): string {
  return text.replace(/[\s\u2400-\u243f]/g, "");
}

/** Every text of every folded part, as letters; links to headings are not printed. */
export async function foldedTexts(page: Page): Promise<readonly string[]> {
  const texts = await page.evaluate<string[]>(`(() => {
    return [...document.querySelectorAll("details")].flatMap((details) => {
      const walker = document.createTreeWalker(details, NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("svg, .anchor, .vh")) found.push(walker.currentNode.data);
      return found.flatMap((text) => text.split("\\n"));
    });
  })()`);
  return [...new Set(texts.map(letters))].filter((text) => text !== "");
}

/** The labels of each drawing that is no icon or sparkline. */
export async function drawingLabels(page: Page): Promise<readonly (readonly string[])[]> {
  const drawings = await page.evaluate<string[][]>(
    `[...document.querySelectorAll("svg[viewBox]")].map((svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent))`,
  );
  return drawings.filter((labels) => labels.length > 1).map((labels) => labels.map(letters));
}
