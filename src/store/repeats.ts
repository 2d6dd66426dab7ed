/**
 * Finds requests that occur several times among those that an empty store is filled with, which needs no index of all keys. Keeps 24 to 48
 * bytes for each request: a hash of its key, and its id.
 */
export class RepeatFinder {
  /** The ids of all requests that may have the key of another one: those that do, and hardly any other. */
  readonly repeated = new Set<number>();
  /** Whether some keys are to be replaced (copies.ts), after which other requests are repeated. */
  hasNameless = false;
  private count = 0;
  private hashes = new Uint32Array(FIRST_PLACES);
  /** The first request with each hash, or 0 in a free place. */
  private ids = new Float64Array(FIRST_PLACES);

  /** Adds a request of the store. */
  add(key: string, id: number): void {
    if (key.startsWith("~")) this.hasNameless = true;
    const hash = hashOf(key);
    const place = this.placeOf(hash);
    const first = this.ids[place] as number;
    if (first !== 0) this.repeated.add(first).add(id);
    else {
      this.hashes[place] = hash;
      this.ids[place] = id;
      if (++this.count * 2 > this.ids.length) this.grow();
    }
  }

  /** Returns the place of a hash, or the free one that it belongs in. */
  private placeOf(hash: number): number {
    const { hashes, ids } = this;
    let place = hash & (ids.length - 1);
    while (ids[place] !== 0 && hashes[place] !== hash) place = (place + 1) & (ids.length - 1);
    return place;
  }

  private grow(): void {
    const { hashes, ids } = this;
    this.hashes = new Uint32Array(2 * ids.length);
    this.ids = new Float64Array(2 * ids.length);
    for (let old = 0; old < ids.length; old++) {
      const id = ids[old] as number;
      if (id === 0) continue;
      const place = this.placeOf(hashes[old] as number);
      this.hashes[place] = hashes[old] as number;
      this.ids[place] = id;
    }
  }
}

/** A power of two. */
const FIRST_PLACES = 2 ** 16;

/** Keys differ in their last characters: what Claude Code and gateways make are random texts, or numbers that count up. */
const LAST_CHARACTERS = 12;

/** FNV-1a, 32 bits, over the last characters of a key (datatracker.ietf.org/doc/html/draft-eastlake-fnv). */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, key.length - LAST_CHARACTERS); at < key.length; at++)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
