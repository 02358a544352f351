/** The workspace's templates as they were when all were valid: copied, so that pages are drawn while one of them is being edited. */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../queries/validation/finding.ts";
import { packageTemplates } from "../report/templates/templates.ts";
import { templateFindings } from "../runs/check/check-workspace.ts";

interface FollowedTemplates {
  /** Folders to draw from, the workspace's before the package's. */
  readonly roots: readonly string[];
  readonly problems: readonly Finding[];
}

/** Copies go into `folder`. `key` changes when a template does. */
export function followTemplates(root: string, folder: string): (key: string) => Promise<FollowedTemplates> {
  const own = join(root, "templates");
  const copy = join(folder, "templates");
  let seen: { readonly key: string; readonly templates: FollowedTemplates } | null = null;
  return async (key) => {
    if (seen?.key === key) return seen.templates;
    const problems = await templateFindings(root);
    if (problems.every(({ level }) => level !== "error")) {
      rmSync(copy, { recursive: true, force: true });
      if (existsSync(own)) cpSync(own, copy, { recursive: true });
    }
    const roots = existsSync(copy) ? [copy, packageTemplates] : [packageTemplates];
    seen = { key, templates: { roots, problems } };
    return seen.templates;
  };
}
