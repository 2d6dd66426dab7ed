/** Returns whether a file holds prose: no program behaves otherwise because of it. */
export function isDocs(file: string): boolean {
  return /\.(?:mdx?|rst|adoc|txt)$/i.test(file);
}

/** Returns whether the name of a file says that it holds a plan. */
export function isPlanFile(file: string): boolean {
  return PLAN_FILE.test(file);
}

const PLAN_FILE =
  /(?:^|[/_.-])(?:plans?|specs?|proposals?|rfcs?|designs?|todos?|tasks?|brainstorms?)(?:[/_.-]|$)/i;
