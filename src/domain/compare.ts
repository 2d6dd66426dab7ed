/** Compares texts by their characters: the same on every machine, and no locale has to be loaded. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
