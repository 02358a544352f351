/**
 * The workspace's templates as they were when all of them were sound. In: templates/ at any moment. Out: the folders to draw
 * from, and what is wrong. They are copied, so that a page can be drawn on while one of them is being edited.
 */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../queries/validation/finding.ts";
import { packageTemplates } from "../report/templates/templates.ts";
import { templateFindings } from "../runs/check/check-workspace.ts";

export interface FollowedTemplates {
  /** The workspace's before the package's. */
  readonly roots: readonly string[];
  readonly problems: readonly Finding[];
}

/** `key` changes when a template does. */
export type FollowTemplates = (key: string) => Promise<FollowedTemplates>;

/** Copies go into `folder`. */
export function followTemplates(root: string, folder: string): FollowTemplates {
  const own = join(root, "templates");
  const copy = join(folder, "templates");
  let seen: { readonly key: string; readonly templates: FollowedTemplates } | null = null;
  return async (key) => {
    if (seen?.key === key) return seen.templates;
    const problems = await templateFindings(root);
    const isSound = problems.every(({ level }) => level !== "error");
    if (isSound) {
      rmSync(copy, { recursive: true, force: true });
      if (existsSync(own)) cpSync(own, copy, { recursive: true });
    }
    const roots = existsSync(copy) ? [copy, packageTemplates] : [packageTemplates];
    seen = { key, templates: { roots, problems } };
    return seen.templates;
  };
}
