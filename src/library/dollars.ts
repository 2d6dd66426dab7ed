import { toUsd } from "../domain/money.ts";

/** A report with dollars: each field whose name ends in `Nano` becomes one that ends in `Usd`, and `nano` becomes `usd`. */
export type InDollars<T> = T extends readonly (infer Item)[]
  ? InDollars<Item>[]
  : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Date
    ? T
    : T extends object
      ? { [Key in keyof T as DollarName<Key>]: InDollars<T[Key]> }
      : T;

type DollarName<Key> = Key extends `${infer Name}Nano` ? `${Name}Usd` : Key extends "nano" ? "usd" : Key;

/** Converts every amount in a report from nano-dollars to dollars, and names it accordingly. */
export function inDollars<T>(report: T): InDollars<T> {
  return convert(report, false) as InDollars<T>;
}

/** `isMoney`: numbers in here are amounts, because the field above is named so. */
function convert(value: unknown, isMoney: boolean): unknown {
  if (typeof value === "number") return isMoney ? toUsd(value) : value;
  if (Array.isArray(value)) return value.map((item) => convert(item, isMoney));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => {
      const name = key.replace(/Nano$/, "Usd").replace(/^nano$/, "usd");
      return [name, convert(of, isMoney || name !== key)];
    }),
  );
}
