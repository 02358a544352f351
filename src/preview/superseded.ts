/** Thrown out of work that nobody waits for any more: another save came, or the preview is closed. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}
