/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv): where a hash begins, and one step of it. */
export const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export function fnvStep(hash: number, value: number): number {
  return Math.imul(hash ^ value, FNV_PRIME);
}

/** The hash of a text's characters, as a whole number; `basis` varies it. */
export function fnv1a(text: string, basis = FNV_START): number {
  let hash = basis | 0; // a small integer from the start
  for (let index = 0; index < text.length; index++) hash = fnvStep(hash, text.charCodeAt(index));
  return hash >>> 0;
}

/** Returns what stands for a text in comparisons: two hashes and its length. Loading the crypto module would take longer than this. */
export function fingerprintOf(text: string): string {
  return `${fnv1a(text)} ${fnv1a(text, 0)} ${text.length}`;
}
