/** Finds requests that occur several times among those that an empty store is filled with, which takes no index of all keys. */
export interface RepeatFinder {
  /** Adds a request of the store. */
  add(key: string, id: number): void;
  /** The ids of all requests that may have the key of another one: those that do, and hardly any other. */
  readonly repeated: ReadonlySet<number>;
  /** Whether some keys are to be replaced (copies.ts), after which other requests are repeated. */
  readonly hasNameless: boolean;
}

/** Makes a finder. It keeps 12 to 24 bytes for each request: a hash of its key, and its id. */
export function createRepeatFinder(): RepeatFinder {
  let hashes = new Uint32Array(FIRST_ROOM);
  let ids = new Float64Array(FIRST_ROOM); // 0: free, as ids begin with 1
  let count = 0;
  let hasNameless = false;
  const repeated = new Set<number>();
  /** Returns the place of a hash, or the free one that it belongs in. */
  const placeOf = (hash: number): number => {
    let place = hash & (ids.length - 1);
    while (ids[place] !== 0 && hashes[place] !== hash) place = (place + 1) & (ids.length - 1);
    return place;
  };
  const grow = (): void => {
    const [oldHashes, oldIds] = [hashes, ids];
    hashes = new Uint32Array(oldHashes.length * 2);
    ids = new Float64Array(hashes.length);
    oldIds.forEach((id, old) => {
      if (id !== 0) put(oldHashes[old] as number, id);
    });
  };
  const put = (hash: number, id: number): void => {
    const place = placeOf(hash);
    hashes[place] = hash;
    ids[place] = id;
  };
  return {
    repeated,
    get hasNameless() {
      return hasNameless;
    },
    add(key, id) {
      if (key.startsWith("~")) hasNameless = true;
      const hash = hashOf(key);
      const first = ids[placeOf(hash)] as number;
      if (first !== 0) repeated.add(first).add(id);
      else {
        put(hash, id);
        if (++count * 2 > ids.length) grow();
      }
    },
  };
}

/** A power of two. */
const FIRST_ROOM = 2 ** 12;

/** FNV-1a, 32 bits, over the characters of a key (datatracker.ietf.org/doc/html/draft-eastlake-fnv). */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
