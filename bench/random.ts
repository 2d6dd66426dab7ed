/** Numbers and names that are the same for the same seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number, both ends counted in. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Sizes as they are found in the wild: many small, few large. */
  logNormal(median: number, spread: number): number;
  letters(length: number): string;
  hex(length: number): string;
  uuid(): string;
}

const LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Mulberry32: small, quick, and good enough for made-up transcripts. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const word = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
  const hex = (length: number) => word("0123456789abcdef", length);
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
    logNormal: (median, spread) => {
      const normal = Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
    letters: (length) => word(LETTERS, length),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

const WORDS =
  "request response handler config session token cache model agent route policy value index buffer stream parse line error retry budget état файл 設定".split(
    " ",
  );

/** Texts made once and used many times, for text is not what is measured. */
export interface Texts {
  sentence(): string;
  /** Source code of up to some 40 KB. */
  code(): string;
  signature(): string;
  /** A screenshot in base64, of up to some 400 KB. */
  image(): string;
}

export function createTexts(random: Random): Texts {
  const sentences = many(200, () => `${many(random.between(4, 40), () => random.pick(WORDS)).join(" ")}.`);
  const codes = many(120, () => {
    const lines = Math.min(800, Math.ceil(random.logNormal(30, 1)));
    return many(
      lines,
      () =>
        `${"  ".repeat(random.between(0, 4))}const ${random.pick(WORDS)} = await ${random.pick(WORDS)}({ "${random.pick(WORDS)}": ${random.between(0, 999)} }); // C:\\tmp\\${random.pick(WORDS)}`,
    ).join("\n");
  });
  const signatures = many(20, () => random.letters(random.between(300, 2000)));
  const images = many(6, () => random.letters(256).repeat(random.between(80, 1600)));
  return {
    image: () => random.pick(images),
    sentence: () => random.pick(sentences),
    code: () => random.pick(codes),
    signature: () => random.pick(signatures),
  };
}

function many<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}
