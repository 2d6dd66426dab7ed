import { globMatcher } from "../domain/glob.ts";
import type { ContextRow } from "../store/spent.ts";
import { type History, roleName } from "./open-history.ts";

/** Which requests count. */
export interface Filters {
  project?: string | undefined;
  model?: string | undefined;
  agent?: string | undefined;
  role?: string | undefined;
  /** Only outcomes with strong evidence count; the others are unknown. */
  evidence?: "strong" | undefined;
}

/** Which contexts the filters let through. */
export function contextFilter({ policy }: History, filters: Filters): (context: ContextRow) => boolean {
  const project = filters.project === undefined ? undefined : globMatcher(filters.project);
  const model = filters.model === undefined ? undefined : globMatcher(filters.model);
  return (context) =>
    (!project || project(projectName(context.project))) &&
    (!model || model(context.model)) &&
    (filters.agent === undefined || context.agent === filters.agent) &&
    (filters.role === undefined || roleName(policy, context.agent) === filters.role);
}

/** Nothing spent yet. */
/**
 * A worktree that Claude Code made counts with the project that it was made for, and so does the copy that an attempt of
 * a cascade worked in: the project's own path stands below the attempt's number.
 */
export function projectName(path: string): string {
  return path
    .replace(/[\\/]\.claude[\\/]worktrees[\\/].*$/, "")
    .replace(/^.*[\\/]rolecall[\\/]cascades[\\/][^\\/]+[\\/]\d+(?=[\\/])/, "");
}
