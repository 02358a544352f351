/** The preview's script: places the notes, listens for saves, and changes only nodes that differ, so that folds and scrolling stay. */
export const pageScript = `
"use strict";
(() => {
  const bar = (page) => page.getElementById("gatebook-preview");

  const place = (page) => {
    for (const note of bar(page)?.querySelectorAll("[data-for]") ?? []) {
      const home = page.getElementById(note.dataset.for);
      if (home === null) continue;
      if (home.localName === "tr") home.querySelector("th")?.append(note);
      else if (home.localName === "main") home.prepend(note);
      else (home.querySelector(":scope > .body") ?? home).append(note);
    }
  };

  const morph = (now, next) => {
    if (now.isEqualNode(next)) return;
    if (now.nodeType !== 1 || now.nodeName !== next.nodeName || now.id !== next.id || now.localName === "svg") {
      now.replaceWith(next);
      return;
    }
    const folds = now.localName === "details";
    for (const { name } of [...now.attributes])
      if (!next.hasAttribute(name) && !(folds && name === "open")) now.removeAttribute(name);
    for (const { name, value } of [...next.attributes])
      if (now.getAttribute(name) !== value && !(folds && name === "open")) now.setAttribute(name, value);
    const known = new Map([...now.children].filter(({ id }) => id !== "").map((child) => [child.id, child]));
    let at = now.firstChild;
    for (const child of [...next.childNodes]) {
      const same = child.id ? known.get(child.id) : undefined;
      if (same !== undefined && same !== at) now.insertBefore(same, at);
      const old = same ?? (at !== null && !(at.id && at.id !== child.id) ? at : null);
      if (old === null) {
        now.insertBefore(child, at);
        continue;
      }
      at = old.nextSibling;
      morph(old, child);
    }
    while (at !== null) {
      const rest = at.nextSibling;
      at.remove();
      at = rest;
    }
  };

  const show = (id) => {
    const edited = id ? document.getElementById(id) : null;
    if (edited === null) return;
    for (const other of document.querySelectorAll(".preview-edited")) other.classList.remove("preview-edited");
    edited.classList.add("preview-edited");
    const { top, bottom } = edited.getBoundingClientRect();
    const room = innerHeight - (bar(document)?.offsetHeight ?? 0);
    if (top < 0 || bottom > room) edited.scrollIntoView({ block: bottom - top > room ? "start" : "center" });
  };

  let waiting = Promise.resolve();
  const follow = async ({ version, focus }) => {
    if (bar(document)?.dataset.version === version) return;
    const answer = await fetch("./", { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const script of page.querySelectorAll("script")) script.remove();
    place(page);
    document.title = page.title;
    const icons = [document, page].map(({ head }) => head.querySelector("link[rel=icon]"));
    if (icons.every((icon) => icon !== null)) icons[0].setAttribute("href", icons[1].getAttribute("href"));
    const styles = [...document.head.querySelectorAll("style")];
    [...page.head.querySelectorAll("style")].forEach((style, index) => {
      if (styles[index] !== undefined && styles[index].textContent !== style.textContent) styles[index].textContent = style.textContent;
    });
    morph(document.body, document.adoptNode(page.body));
    show(focus);
    performance.mark("gatebook-shown");
  };

  const say = (text) => {
    const status = document.getElementById("gatebook-preview-trouble");
    if (status !== null) status.textContent = text;
  };

  place(document);
  for (const script of document.body.querySelectorAll("script")) script.remove();
  const saves = new EventSource("./events");
  saves.addEventListener("page", ({ data }) => {
    waiting = waiting.then(() => follow(JSON.parse(data))).catch(() => say("the page could not be fetched"));
  });
  saves.addEventListener("open", () => say(""));
  saves.addEventListener("error", () => say("gatebook watch has stopped; this page no longer follows"));
})();
`;
