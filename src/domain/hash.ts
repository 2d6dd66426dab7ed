/** FNV-1a, 32 bits, over the characters of a text (http://www.isthe.com/chongo/tech/comp/fnv); `basis` varies it. */
export function fnv1a(text: string, basis = 0x811c9dc5): number {
  let hash = basis | 0; // a small integer from the start
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
