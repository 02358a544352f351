/** `gatebook record …` as a line to paste: quoted for the shell, with the verdict's sentence as the reason where there is one. */

/** `record` refuses it: what only a person knows must be typed. */
const TO_FILL_IN = '"…"';

/** recordLine("promote", "All 5 are healthy.") → `gatebook record promote --reason "All 5 are healthy."`; null: a person's own. */
export function recordLine(what: string, reason: string | null): string {
  return `gatebook record ${what} --reason ${reason === null ? TO_FILL_IN : shellQuoted(reason)}`;
}

/** A finding as `record accept` takes it. */
export function acceptLine(word: string): string {
  const plain = /^[\w.:@/+-]+$/.test(word);
  return recordLine(`accept ${plain ? word : shellQuoted(word)}`, null);
}

/** One argument of a POSIX shell, whatever is in it: reasons quote values and names that come from data. */
export function shellQuoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return /[$`"\\!]/.test(line) ? `'${line.replaceAll("'", "'\\''")}'` : `"${line}"`;
}
