/** A line by which a GitHub workflow annotates a run: `::error file=queries/metrics/ctr.sql,line=4::message`. */

export type AnnotationLevel = "error" | "warning" | "notice";

export interface AnnotationPlace {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly col?: number | undefined;
  readonly title?: string | undefined;
}

export function workflowCommand(level: AnnotationLevel, place: AnnotationPlace, message: string): string {
  const properties = (["file", "line", "col", "title"] as const).flatMap((name) => {
    const value = place[name];
    return value === undefined ? [] : [`${name}=${property(String(value))}`];
  });
  return `::${level}${properties.length === 0 ? "" : ` ${properties.join(",")}`}::${data(message)}`;
}

/** Percent signs and line breaks are escaped, and in properties also what separates them. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
