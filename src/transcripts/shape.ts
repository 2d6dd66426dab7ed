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
  /** What may stand in it: bits of the classes in wasm/shapes.ts, 0 for what the lines have in common for now. */
  filling: number;
  /** Bytes: a longer number is no count. The number of the common text where it is that. */
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
  /** Whether a gap can take such a value. */
  fits: boolean;
  index: number;
}

/** `letters` of a value are shared by all lines, the rest is the gap; or all of it is the common text of that number. */
export type Difference = { role: number; letters: number } | { common: number };

const NUMBER = { filling: 1, most: 15 };
/** Ids, names and times. */
const TEXT = { filling: 2, most: 200 };
const COMMON = { filling: 0, role: 0, prefix: "" };

/** A field whose value is a text without escapes, or a whole number. */
const FIELD = /"(\w+)":(?:"([^"\\]*)"|(\d+)(?=[,}]))/g;
const FITS_TEXT = /^[\w.:-]{0,200}$/;
const FITS_NUMBER = /^\d{1,15}$/;

/** The shape of `text` (Latin-1): `differs` says in which fields lines of that shape differ. */
export function learnShape(text: string, differs: (field: Field) => Difference | undefined): Shape {
  const literals: string[] = [];
  const gaps: Gap[] = [];
  let done = 0;
  for (const { 0: whole, 1: name = "", 2: word, 3: digits = "", index } of text.matchAll(FIELD)) {
    const isNumber = word === undefined;
    const value = isNumber ? digits : word;
    const fits = (isNumber ? FITS_NUMBER : FITS_TEXT).test(value);
    const difference = differs({ name, value, isNumber, fits, index });
    if (!difference) continue;
    const isCommon = "common" in difference;
    const end = index + whole.length - (isNumber ? 0 : 1);
    literals.push(text.slice(done, end - value.length));
    gaps.push(
      isCommon
        ? { ...COMMON, most: difference.common }
        : {
            ...(isNumber ? NUMBER : TEXT),
            role: difference.role,
            prefix: value.slice(0, difference.letters),
          },
    );
    done = end;
  }
  literals.push(text.slice(done));
  return { literals, gaps };
}
