import { isObject } from "../domain/objects.ts";
import type { InputProblem } from "../errors.ts";
import { nearest } from "../domain/nearest.ts";
import type { Schema } from "./schema.ts";

/** A difference between a value and its schema. */
export interface Mismatch extends Omit<InputProblem, "path" | "line" | "key"> {
  at: readonly string[];
}

/** Returns all differences between `value` and `schema`, in the order of the text. */
export function validate(value: unknown, schema: Schema, at: readonly string[] = []): Mismatch[] {
  const wrong = describeMismatch(value, schema);
  if (wrong) return [{ at, ...wrong }];
  const option = schema.anyOf?.find((one) => !describeMismatch(value, one));
  if (option) return validate(value, option, at);
  if (Array.isArray(value))
    return value.flatMap((item, index) => validate(item, schema.items ?? {}, [...at, `${index}`]));
  if (isObject(value)) return validateKeys(value, schema, at);
  return [];
}

function validateKeys(value: Record<string, unknown>, schema: Schema, at: readonly string[]): Mismatch[] {
  const { properties = {}, additionalProperties, propertyNames } = schema;
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own) return validate(inner, own, [...at, key]);
    if (additionalProperties === false) return [unknownKey(key, Object.keys(properties), at)];
    if (propertyNames && !new RegExp(propertyNames.pattern).test(key))
      return [badName(key, propertyNames, at)];
    return validate(inner, additionalProperties ?? {}, [...at, key]);
  });
}

/** Keys of roles that earlier versions knew and nothing obeyed. */
const RETIRED: Readonly<Record<string, string>> = {
  budget: "no longer a key, because nothing enforced it: remove it",
  trial: "no longer a key, because nothing ended it: set model or effort, or use rolecall recommend",
};

function unknownKey(key: string, known: readonly string[], at: readonly string[]): Mismatch {
  const retired = at[0] === "roles" && Object.hasOwn(RETIRED, key) ? RETIRED[key] : undefined;
  if (retired !== undefined) return { at: [...at, key], message: retired };
  const suggestion = nearest(key, known);
  return {
    at: [...at, key],
    message: "unknown key",
    expected: known.join(", "),
    ...(suggestion && { suggestion }),
  };
}

function badName(key: string, names: { description: string }, at: readonly string[]): Mismatch {
  return {
    at: [...at, key],
    message: "invalid name",
    found: key,
    expected: names.description,
  };
}

function describeMismatch(value: unknown, schema: Schema): Omit<Mismatch, "at"> | undefined {
  if (schema.anyOf) {
    if (schema.anyOf.some((option) => !describeMismatch(value, option))) return undefined;
    return {
      message: "invalid value",
      found: show(value),
      expected: schema.anyOf.map(describe).join(", or "),
    };
  }
  if (schema.enum) {
    if (schema.enum.includes(value as string)) return undefined;
    const suggestion = nearest(String(value), schema.enum.map(String));
    return {
      message: "invalid value",
      found: show(value),
      expected: describe(schema),
      ...(suggestion && { suggestion }),
    };
  }
  if (fits(value, schema)) return undefined;
  return { message: "invalid value", found: show(value), expected: describe(schema) };
}

function fits(value: unknown, schema: Schema): boolean {
  const {
    minLength = 0,
    maxLength = Infinity,
    minimum = -Infinity,
    maximum = Infinity,
    maxItems = Infinity,
  } = schema;
  switch (schema.type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value) && value.length <= maxItems;
    case "string":
      if (typeof value !== "string" || value.length < minLength || value.length > maxLength) return false;
      return schema.pattern === undefined || new RegExp(schema.pattern).test(value);
    case "integer":
    case "number":
      if (typeof value !== "number" || !(value >= minimum && value <= maximum)) return false;
      return schema.type === "number" || Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    default:
      return true;
  }
}

/** Describes the values that a schema allows. */
function describe(schema: Schema): string {
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "boolean") return "true or false";
  const { type = "anything", minimum, maximum, maxLength, maxItems, pattern, examples } = schema;
  if (examples) return `a text such as ${examples.join(" or ")}`;
  const article = /^[aio]/.test(type) ? "an" : "a";
  const noun = { object: "mapping", array: "list", string: "text" }[type as string] ?? type;
  const limits = [
    minimum !== undefined && `from ${minimum}`,
    maximum !== undefined && `to ${maximum}`,
    maxLength !== undefined && `of at most ${maxLength} characters`,
    maxItems !== undefined && `of at most ${maxItems}`,
    pattern !== undefined && `matching ${pattern}`,
  ].filter(Boolean);
  return [noun === type ? article : "a", noun, ...limits].join(" ");
}

function show(value: unknown): string {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}
