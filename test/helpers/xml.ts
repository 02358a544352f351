/** A reader of XML that refuses what is not well-formed: for files that other programs will read. */

export interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
/** What XML 1.0 calls a character. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const piece = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

interface Open {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

export function readXml(source: string): XmlElement {
  const bad = illegal.exec(source);
  if (bad !== null) throw new Error(`not a character of XML at ${bad.index}`);
  const text = source.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\s*/, "");
  const root: Open = { tag: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let at = 0;
  while (at < text.length) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (match === null) throw new Error(`not XML: ${text.slice(at, at + 80)}`);
    at = piece.lastIndex;
    take(open, match);
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || only === undefined || others.length > 0) throw new Error("not one element");
  return only;
}

function take(open: Open[], [, closing, tag, attributes = "", empty, text]: RegExpExecArray): void {
  const parent = open.at(-1);
  if (parent === undefined) throw new Error("closed too often");
  if (text !== undefined) parent.text += decoded(text);
  else if (closing === "/") {
    if (open.pop()?.tag !== tag) throw new Error(`</${tag}> closes another element`);
  } else if (tag !== undefined) {
    const element = { tag, attributes: attributesOf(attributes), children: [], text: "" };
    parent.children.push(element);
    if (empty !== "/") open.push(element);
  }
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
    ([, name = "", value = ""]) => [name, decoded(value)] as const,
  );
  if (new Set(found.map(([name]) => name)).size < found.length)
    throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  return text.replace(/&(#x?[\da-f]+|\w+)?(;)?/gi, (whole, name: string | undefined, end) => {
    if (name === undefined || end === undefined) throw new Error(`a bare & in ${text.slice(0, 80)}`);
    if (name.startsWith("#"))
      return String.fromCodePoint(Number(name.replace(/^#x/i, "0x").replace("#", "")));
    const known = entities[name];
    if (known === undefined) throw new Error(`unknown entity ${whole}`);
    return known;
  });
}
