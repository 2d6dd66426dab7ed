import { compareText } from "../domain/compare.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";

/** The order of a report's rows, and the number of rows to keep. */
export interface RowOrder {
  /** A name of the fields; default: the order that the report has by itself. */
  sort?: string | undefined;
  reverse?: boolean | undefined;
  limit?: number | undefined;
}

/**
 * Returns the first rows in the order asked for: numbers from the largest, text from A. `fields` names what rows can be sorted by. Throws
 * UsageError for an unknown name or an invalid limit.
 */
export function orderRows<Row>(
  rows: readonly Row[],
  fields: Readonly<Record<string, (row: Row) => number | string>>,
  { sort, reverse, limit }: RowOrder,
): Row[] {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new UsageError(`--limit: invalid number of rows "${limit}"`, {
      hint: "Expected a whole number from 1.",
    });
  const field = sort === undefined ? undefined : fields[sort];
  if (sort !== undefined && !field)
    throw new UsageError(`--sort: unknown field "${sort}"`, { hint: expectOneOf(sort, Object.keys(fields)) });
  const sorted = field ? rows.toSorted((a, b) => compare(field(a), field(b))) : [...rows];
  return (reverse ? sorted.reverse() : sorted).slice(0, limit);
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return b - a;
  return compareText(String(a), String(b));
}
