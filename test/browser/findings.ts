/** What a browser finds wrong on an open page: accessibility (axe-core), sideways scrolling, text outside its drawing. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function unfold(page: Page): Promise<void> {
  await page.evaluate(`for (const details of document.querySelectorAll("details")) details.open = true;`);
}

/** Every violation in light and in dark colours as "rule: element", best practices included. The scheme changes colours and no more. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  await page.emulateMedia({ colorScheme: "light" });
  const inLight = await violationsOf(page, {});
  await page.emulateMedia({ colorScheme: "dark" });
  const rules = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
  return [...inLight, ...(await violationsOf(page, { runOnly: rules }))];
}

async function violationsOf(page: Page, options: object): Promise<readonly string[]> {
  // The size of targets, 24 px, is WCAG 2.2 AA and off unless asked for.
  const rules = { "target-size": { enabled: true } };
  const asked = JSON.stringify({ resultTypes: ["violations"], rules, ...options });
  return await page.evaluate<string[]>(`axe.run(document, ${asked}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      id + ": " + html.slice(0, 160) + " " + any.map(({ message }) => message).join(" "))))`);
}

/** How far the page scrolls sideways, then what reaches past its right edge outside of a box of its own scrolling. */
export async function overflow(page: Page): Promise<readonly (number | string)[]> {
  return await page.evaluate<(number | string)[]>(`(() => {
    const wide = [...document.querySelectorAll("body *")].filter((element) =>
      !element.closest(".scroll, pre, svg, .vh") && element.getBoundingClientRect().right > innerWidth + 1);
    return [document.documentElement.scrollWidth - innerWidth, ...wide.map((element) => element.outerHTML.slice(0, 80))];
  })()`);
}

/** Labels of a drawing that reach past its view box by more than a pixel: "delta-ctr: rollback −5%: right by 12". */
export async function textOutsideDrawings(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll("svg[viewBox]")].flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) return [];
    return [...svg.querySelectorAll("text")].flatMap((text) => {
      const { left, right, top, bottom, width } = text.getBoundingClientRect();
      if (width === 0) return [];
      const past = { left: box.left - left, right: right - box.right, top: box.top - top, bottom: bottom - box.bottom };
      return Object.entries(past).filter(([, by]) => by > 1).map(([side, by]) =>
        (svg.getAttribute("aria-label") ?? svg.querySelector("title")?.textContent ?? "").slice(0, 60) +
        ": " + text.textContent + ": " + side + " by " + Math.round(by));
    });
  })`);
}

/** The page's text without its styles and its contents list, the order of reading. */
export async function unstyledText(page: Page): Promise<string> {
  return await page.evaluate<string>(`(() => {
    for (const style of document.querySelectorAll("style")) style.remove();
    document.querySelector("nav")?.remove();
    return document.body.innerText.replace(/\\s+/g, " ");
  })()`);
}

/** The first mark that does not stand behind the one before it, each looked for from there. */
export function outOfOrder(text: string, marks: readonly string[]): readonly string[] {
  let place = 0;
  for (const mark of marks) {
    const found = text.indexOf(mark.replace(/\s+/g, " "), place);
    if (found < 0) return [mark];
    place = found;
  }
  return [];
}

/** Icons that, without styles, are larger than a thumb. */
export async function tooLargeUnstyled(page: Page): Promise<readonly string[]> {
  const icons = await page.locator("svg[aria-hidden=true]").all();
  const boxes = await Promise.all(icons.map((icon) => icon.boundingBox()));
  return boxes.flatMap((box) => (box !== null && box.width > 64 ? [`an icon of ${box.width} px`] : []));
}

export async function countDrawnTexts(page: Page): Promise<number> {
  return await page.evaluate<number>(`document.querySelectorAll("svg[viewBox] text").length`);
}

/** In pixels of the screen: a drawing shrinks with its place, and its labels with it. */
export async function smallestDrawnText(page: Page): Promise<number> {
  return await page.evaluate<number>(`Math.min(...[...document.querySelectorAll("svg text")].flatMap((text) => {
    const matrix = text.getScreenCTM();
    if (matrix === null || text.getBoundingClientRect().width === 0) return [];
    return [parseFloat(getComputedStyle(text).fontSize) * Math.hypot(matrix.a, matrix.b)];
  }))`);
}

/** Places whose text is wider than they are. */
export async function tooNarrow(page: Page, places: string): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(places)})]
    .filter((place) => place.scrollWidth > place.clientWidth + 1).map((place) => place.textContent)`);
}
