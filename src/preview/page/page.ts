/**
 * The page of a preview: the report as it is, a bar with the last save and what is wrong, the notes on what changed, and the script
 * that puts these in their places. Everything that comes from a file or from data is escaped.
 */
import { formatPlace } from "../../model/error.ts";
import type { Finding } from "../../queries/validation/finding.ts";
import { visible } from "../../report/view/text.ts";
import { countText } from "../../text/numbers.ts";
import type { Note, OpenNote } from "../follow.ts";
import { pageScript } from "./page-script.ts";

export interface Page {
  /** report.html of the last Result that could be drawn. */
  readonly report: string;
  /** Changes with every save that changed something. */
  readonly version: string;
  /** "15:04:05 · queries/metrics/ctr.sql · ran metric ctr · 48 ms" */
  readonly status: string;
  readonly problems: readonly Finding[];
  readonly notes: readonly PlacedNote[];
}

export interface PlacedNote extends OpenNote {
  /** The article of the last good result, as markup. */
  readonly lastGoodHtml: string | null;
}

/** `nonce` is what the policy of this one answer lets run. */
export function pageHtml(page: Page, nonce: string): string {
  const report = page.report.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\n?/i, "");
  const open = `<style>${pageStyle}</style>\n</head>`;
  const close = `${previewPart(page)}\n<script nonce="${nonce}">${pageScript}</script>\n</body>`;
  return insert(insert(report, /<\/head>/i, open), /<\/body>(?![\s\S]*<\/body>)/i, close);
}

/** What a workspace's own template left out is put at the end. */
function insert(html: string, place: RegExp, text: string): string {
  return place.test(html) ? html.replace(place, () => text) : `${html}\n${text}`;
}

function previewPart({ version, status, problems, notes }: Page): string {
  const many = problems.length + notes.filter(({ kind }) => kind === "failed").length;
  const wrong = many === 0 ? "" : ` <b class="preview-wrong">${countText(many)} wrong</b>`;
  return `<aside id="gatebook-preview" data-version="${asText(version)}" aria-label="Preview">
<p class="preview-status" role="status"><b>Preview</b>${wrong} <span>${asText(status)}</span> <b id="gatebook-preview-trouble"></b></p>
${problems.map(problemHtml).join("\n")}
${notes.map(noteHtml).join("\n")}
</aside>`;
}

function problemHtml({ level, message, where, excerpt, hint }: Finding): string {
  return `<div class="preview-problem" data-level="${level}">
<p><b>${asText(message)}</b></p>
<p><code>${asText(formatPlace(where))}</code></p>
${excerpt === null ? "" : `<pre>${asText(excerpt)}</pre>`}
${hint === null ? "" : `<p>${asText(hint)}</p>`}
</div>`;
}

function noteHtml(note: PlacedNote): string {
  const place = note.anchor === null ? "" : ` data-for="${asText(note.anchor)}"`;
  return `<div class="preview-note preview-${note.kind}"${place} data-subject="${asText(note.subject)}">
<p><b>${asText(note.subject)}</b> <span class="note">${asText(note.at)}</span> ${asText(noteText(note))}</p>
${listHtml(note.differences)}
${note.kind === "failed" ? failedHtml(note) : ""}
</div>`;
}

/** The sentence of a note, in the page and in the terminal. */
export function noteText({ kind, differences, lastGood }: Note): string {
  switch (kind) {
    case "changed":
      return "changed by this save:";
    case "fixed":
      return differences.length === 0
        ? "runs again, and says what it said before the error"
        : "runs again; against the last good result:";
    case "failed":
      return lastGood === null
        ? "fails, and has not run before"
        : `fails; the last good result is of ${lastGood.at}`;
    case "new":
      return "is new";
    case "gone":
      return "is gone";
    default:
      return kind satisfies never;
  }
}

function failedHtml({ edits, lastGood, lastGoodHtml }: PlacedNote): string {
  const lines = edits.length === 0 ? "" : `<p>Edited since:</p>\n<pre>${asText(edits.join("\n"))}</pre>`;
  if (lastGood === null || lastGoodHtml === null) return lines;
  return `${lines}
<details class="preview-last" open><summary>Last good result, ${asText(lastGood.at)}</summary>
${lastGoodHtml}
</details>`;
}

function listHtml(lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<ul>${lines.map((line) => `<li>${asText(line)}</li>`).join("")}</ul>`;
}

function asText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Styles of what a preview adds to the report; colours are the report's own tokens. */
const pageStyle = `
#gatebook-preview { position: fixed; inset: auto 0 0 0; z-index: 9; max-height: 45vh; overflow-y: auto; padding: .5rem 1.25rem;
  background: var(--bg); color: var(--fg); border-top: 2px solid var(--accent); font-size: .875rem; }
body { padding-bottom: 5rem; }
html { scroll-padding-bottom: 5rem; }
.preview-status { overflow-wrap: anywhere; }
.preview-wrong { color: var(--rollback); }
.preview-problem, .preview-note { margin: .75rem 0 .25rem; padding: .6rem .9rem; border-left: 4px solid var(--accent);
  background: var(--accent-soft); color: var(--fg); font-size: .875rem; font-weight: 400; text-align: left; min-width: 0; }
.preview-problem, .preview-failed { border-left-color: var(--rollback); background: var(--rollback-soft); }
.preview-problem .note, .preview-failed .note { color: inherit; }
.preview-problem[data-level="warning"] { border-left-color: var(--warning); background: var(--warning-soft); }
.preview-note > ul { margin: .25rem 0 0 1.1rem; list-style: disc; }
.preview-problem pre, .preview-note pre { margin: .4rem 0; background: var(--bg); overflow-x: auto; }
.preview-last > article { margin-top: .5rem; padding: .75rem; background: var(--bg); outline: 1px dashed var(--muted); }
.preview-edited { outline: 3px solid var(--accent); outline-offset: 4px; }
@media print { #gatebook-preview, .preview-note { display: none; } }
`;
