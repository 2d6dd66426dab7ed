/**
 * Text that many lines have in common, letter by letter, with gaps where they differ. The lines of one client and session are
 * alike but for ids, times and counts, so that a shape learned from one proves what the next ones are by comparing bytes.
 */
export interface Shape {
  /** Latin-1; one more than there are gaps. */
  readonly literals: readonly string[];
  readonly gaps: readonly Gap[];
}

export interface Gap {
  /** What may stand in it: bits of the classes in wasm/walk.ts. */
  filling: number;
  /** Bytes: a longer number is no count. */
  most: number;
  /** What every value in it begins with. */
  prefix: string;
  /** What it is for (walker.ts, ROLE). */
  role: number;
}

/** A field with a plain value, and where in the text it stands. */
export interface Field {
  name: string;
  value: string;
  isNumber: boolean;
  index: number;
}

/** `letters` of a value are shared by all lines, the rest is the gap. */
export interface Difference {
  role: number;
  letters: number;
}

const NUMBER = { filling: 1, most: 15 };
/** Ids, names and times. */
const TEXT = { filling: 2, most: 200 };

/** A field whose value is a text without escapes, or a whole number. */
const FIELD = /"(\w+)":(?:"([\w.:-]*)"|(\d+)(?=[,}]))/g;

/** The shape of `text` (Latin-1): `differs` says in which fields lines of that shape differ. */
export function learnShape(text: string, differs: (field: Field) => Difference | undefined): Shape {
  const literals: string[] = [];
  const gaps: Gap[] = [];
  let done = 0;
  for (const { 0: whole, 1: name = "", 2: word, 3: digits = "", index } of text.matchAll(FIELD)) {
    const isNumber = word === undefined;
    const value = isNumber ? digits : word;
    const difference = differs({ name, value, isNumber, index });
    if (!difference) continue;
    const end = index + whole.length - (isNumber ? 0 : 1);
    literals.push(text.slice(done, end - value.length));
    gaps.push({
      ...(isNumber ? NUMBER : TEXT),
      role: difference.role,
      prefix: value.slice(0, difference.letters),
    });
    done = end;
  }
  literals.push(text.slice(done));
  return { literals, gaps };
}
