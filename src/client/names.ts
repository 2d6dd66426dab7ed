import { isFamily, type Family } from "../domain/model.ts";
import type { ModelFact, ModelFacts } from "../policy/model-facts.ts";
import { isOn, type Environment } from "./environment.ts";
import { noteOf, overrideOf } from "./overrides.ts";
import { providerAlias, providerOf } from "./providers.ts";
import type { Surroundings } from "./types.ts";
import { aliasAt, bestAt } from "./version.ts";

/** The rules for reading names of models. */
export interface NameReader {
  /** The id that goes over the wire for a name as written; `notes` gets what happened to it. */
  resolve(name: string, notes?: string[]): string;
  /** The id behind an alias. */
  alias(family: Family): string;
  find(id: string): ModelFact | undefined;
}

/** Opus 4.0 and 4.1 in the Anthropic API's own spellings: Claude Code sends the current Opus instead. */
export function isLegacyOpus(id: string): boolean {
  return /^claude-opus-4(?:-[01])?(?:-\d{8})?$/.test(id);
}

export function createNameReader(
  facts: ModelFacts,
  environment: Environment,
  { version, layers }: Pick<Surroundings, "version" | "layers">,
): NameReader {
  const provider = providerOf(environment);
  const alias = (family: Family, notes: string[] = []) => {
    const found = environment(`ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`);
    if (found) return withoutWindow(found.value);
    const id = (provider && providerAlias(provider, family, version)) ?? aliasAt(family, version);
    const override = overrideOf(id, layers);
    if (override) notes.push(noteOf(override, id));
    return override?.id ?? id;
  };
  const resolve = (name: string, notes: string[] = []) => {
    const written = withoutWindow(name.trim());
    const lower = written.toLowerCase();
    if (isFamily(lower)) return said(notes, `\`${lower}\``, alias(lower, notes));
    if (lower === "best") return said(notes, "`best`", alias(bestAt(version), notes));
    if (lower === "opusplan") return said(notes, "`opusplan` outside of plan mode", alias("sonnet", notes));
    if (isLegacyOpus(lower) && !isOn(environment("CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP")))
      return said(notes, `${lower}, which Claude Code replaces,`, alias("opus", notes));
    if (facts.find(lower)) return lower;
    notes.push(`${written} is not a model that Claude Code knows; it is sent unchanged.`);
    return written;
  };
  return { resolve, alias, find: (id) => facts.find(id) };
}

function said(notes: string[], what: string, id: string): string {
  notes.push(`${what} means ${id}.`);
  return id;
}

/** `opus[1m]` without its suffix, which never goes over the wire. */
export function withoutWindow(name: string): string {
  return name.replace(/\[1m\]$/i, "");
}
