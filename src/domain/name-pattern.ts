import { displayName } from "./model-name.ts";
import { nearest } from "./nearest.ts";

/** A function that returns whether a name is meant. */
export type NameMatcher = (name: string) => boolean;

/**
 * Returns a matcher for folders and branches, in any case. A pattern with `*` or `?` covers the whole path. Any other pattern is the
 * path, or its last parts: `shop` and `dev/shop` match `/home/dev/shop`, not `/home/dev/shop-api` or `/home/dev/shop/api`.
 */
export function pathMatcher(pattern: string): NameMatcher {
  if (isGlob(pattern)) return globMatcher(pattern);
  const wanted = withSlashes(pattern);
  return (name) => name !== "" && `/${withSlashes(name)}`.endsWith(`/${wanted}`);
}

/**
 * Returns a matcher for ids of models, in any case. A pattern with `*` or `?` covers the whole id. Any other pattern is the id, with or
 * without `claude-` and its date, the model's name (`Opus 5.5`), or one word of the id such as `opus`.
 */
export function modelMatcher(pattern: string): NameMatcher {
  if (isGlob(pattern)) return globMatcher(pattern);
  const wanted = pattern.toLowerCase();
  return (id) => {
    const lower = id.toLowerCase();
    const undated = lower.replace(/-\d{8}$/, "");
    return (
      [lower, undated].some((own) => own === wanted || own === `claude-${wanted}`) ||
      displayName(id).toLowerCase() === wanted ||
      (!/\d/.test(wanted) && lower.split(/[^a-z]+/).includes(wanted))
    );
  };
}

function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

function globMatcher(pattern: string): NameMatcher {
  const source = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (name) => expression.test(name.toLowerCase());
}

/** Makes paths of all systems comparable; a slash at the end makes no difference. */
function withSlashes(path: string): string {
  const forward = path.toLowerCase().replaceAll("\\", "/");
  return forward.length > 1 ? forward.replace(/\/$/, "") : forward;
}

const MOST_NEAR = 3;

/** Returns the names that a pattern without a match may mean: those that hold its words, otherwise the one spelt most like it. */
export function nearNames(pattern: string, names: readonly string[]): string[] {
  const words = pattern.toLowerCase().replaceAll(/[*?]+/g, "");
  if (words === "") return [];
  const holding = names.filter((name) => name.toLowerCase().includes(words));
  if (holding.length > 0) return holding.slice(0, MOST_NEAR);
  const parts = new Map(
    names.flatMap((name) => (name.match(/[\p{L}\p{N}]{3,}/gu) ?? []).map((part) => [part, name])),
  );
  const close = nearest(words, [...names, ...parts.keys()]);
  return close === undefined ? [] : [parts.get(close) ?? close];
}
