/** Pieces of a table, one behind the other. */
export function joined(pieces: readonly Float64Array[]): Float64Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const piece of pieces) {
    all.set(piece, filled);
    filled += piece.length;
  }
  return all;
}
