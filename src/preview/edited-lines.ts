/** Which lines of a file an edit touched: from the first line that differs to the last. Pure. */

/** Lines told of each side. */
const MOST = 6;

/** ["- sum(clicks) AS numerator", "+ sum(clickz) AS numerator"]; the same text: nothing. */
export function editedLines(before: string, after: string): readonly string[] {
  const [was, is] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const least = Math.min(was.length, is.length);
  let head = 0;
  while (head < least && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < least - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const [from, to] = [was.slice(head, was.length - tail), is.slice(head, is.length - tail)];
  // As many lines as before: those between that are the same are left out.
  const isOther = (_: string, index: number) => from.length !== to.length || from[index] !== to[index];
  return [...told("-", from.filter(isOther)), ...told("+", to.filter(isOther))];
}

function told(sign: string, lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST).map((line) => `${sign} ${line}`);
  return lines.length > MOST ? [...shown, `${sign} … ${lines.length - MOST} more lines`] : shown;
}
