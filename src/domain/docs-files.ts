/** Returns whether a file holds prose: no program behaves otherwise because of it. */
export function isDocs(file: string): boolean {
  return /\.(?:mdx?|rst|adoc|txt)$/i.test(file);
}
