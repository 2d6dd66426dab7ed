import { FAMILIES, type Family } from "../domain/model.ts";
import type { ModelFacts } from "./model-facts.ts";

/** An id in the vendor's own form: `claude-sonnet-6`, `claude-opus-5-6-20270101`. */
const VENDOR_ID = /^claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?(?:-\d{8})?(?:\[1m\])?$/;

/**
 * Returns the family of a model that is newer than all of that family in the catalogue, or `unknown` for a new family; undefined for any
 * other id.
 */
export function newerFamily(id: string, facts: Pick<ModelFacts, "ids">): Family | "unknown" | undefined {
  const version = versionOf(id);
  if (!version || withoutHyphens(id, facts)) return undefined;
  const known = facts.ids.flatMap((other) => versionOf(other) ?? []);
  const family = FAMILIES.find((name) => name === version.family);
  const rivals = family ? known.filter((other) => other.family === family) : known;
  const newest = Math.max(...rivals.map(({ rank }) => rank));
  return version.rank > newest ? (family ?? "unknown") : undefined;
}

/** Returns the id of the catalogue that differs in hyphens only: `claude-haiku-45` is not a generation 45. */
export function withoutHyphens(id: string, facts: Pick<ModelFacts, "ids">): string | undefined {
  return facts.ids.find((other) => plain(other) === plain(id));
}

function plain(id: string): string {
  return id.trim().toLowerCase().replaceAll("-", "");
}

function versionOf(id: string): { family: string; rank: number } | undefined {
  const [, family = "", major, minor = "0"] = VENDOR_ID.exec(id.trim().toLowerCase()) ?? [];
  return major === undefined ? undefined : { family, rank: Number(major) * 100 + Number(minor) };
}
