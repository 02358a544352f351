/**
 * What programs write where nobody is signed in. As an id it would be one user in both variants, and everything of it would be
 * left out of every number: it is read as an empty field.
 */
export const builtInPlaceholders: readonly string[] = [
  "undefined",
  "null",
  "none",
  "nan",
  "anonymous",
  "[object object]",
  "00000000-0000-0000-0000-000000000000",
];

/** Entries of rollout.yaml are added; an empty list takes the built-in ones away too. Trimmed, in lower case, each once. */
export function unitPlaceholders(written: readonly string[] | undefined): readonly string[] {
  if (written?.length === 0) return [];
  const own = (written ?? []).map((text) => text.trim().toLowerCase());
  return [...new Set([...builtInPlaceholders, ...own])];
}
