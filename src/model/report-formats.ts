/** What a report can be written as. */

/** For people and machines that look for it; these are written unless some of them are named. */
const standardFormats = ["html", "md", "txt", "ipynb"] as const;
/** For the places it is sent to; these are written besides. */
const placeFormats = ["email", "chat", "junit", "github", "csv"] as const;

export const reportFormats = [...standardFormats, ...placeFormats] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** [] → the standard ones; ["txt"] → that one; ["junit"] → the standard ones and that one. In the order of the list. */
export function chosenFormats(named: readonly ReportFormat[]): readonly ReportFormat[] {
  const standard: readonly ReportFormat[] = standardFormats;
  const picks = named.some((format) => standard.includes(format));
  const isChosen = (format: ReportFormat) => named.includes(format) || (!picks && standard.includes(format));
  return reportFormats.filter(isChosen);
}
