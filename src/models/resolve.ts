import { CATALOGUE } from "./catalogue.ts";
import type { ModelEntry } from "./entry.ts";
import { promptBorders } from "./price.ts";

/** The place of use of a model id, as far as that decides how it is spelled. */
export interface Spelling {
  /**
   * The Anthropic API itself answered. It knows no provider's spelling, so `us.anthropic.…` there is an unknown id and
   * not the model that Bedrock calls so.
   */
  firstParty?: boolean;
}

/** The models of the catalogue, with what the user's price file adds or overrides. */
export interface ModelTable {
  /** All models. */
  readonly entries: readonly ModelEntry[];
  /** Prompt lengths in tokens above which some model has another price, ascending. */
  readonly promptBorders: readonly number[];
  /** The entry of an id in any spelling, or undefined: never a guess by prefix or family. */
  find(id: string, spelling?: Spelling): ModelEntry | undefined;
}

/** A table over `entries`; later entries of the same id win. */
export function createModelTable(entries: readonly ModelEntry[] = CATALOGUE): ModelTable {
  const byName = new Map<string, ModelEntry>();
  for (const entry of entries) for (const alias of entry.aliases ?? []) byName.set(alias, entry);
  for (const entry of entries) byName.set(entry.id, entry);
  const found = {
    firstParty: new Map<string, ModelEntry | undefined>(),
    others: new Map<string, ModelEntry | undefined>(),
  };
  const all = [...new Set(byName.values())];
  return {
    entries: all,
    promptBorders: promptBorders(all),
    find(id, spelling = {}) {
      const known = spelling.firstParty ? found.firstParty : found.others;
      if (!known.has(id)) known.set(id, lookUp(byName, id, spelling));
      return known.get(id);
    },
  };
}

function lookUp(byName: Map<string, ModelEntry>, id: string, spelling: Spelling): ModelEntry | undefined {
  const plain = id
    .trim()
    .toLowerCase()
    .replace(/\[1m\]$/, "");
  const exact = byName.get(plain) ?? byName.get(plain.replace(/-\d{8}$/, ""));
  if (exact || spelling.firstParty) return exact;
  const name = withoutProvider(plain);
  const known = byName.get(name) ?? byName.get(name.replace(/-\d{8}$/, ""));
  return known ?? (plain.includes("/") ? ofGateway(byName, name.replace(/-\d{8}$/, "")) : undefined);
}

/** Gateways put the version before the family (`anthropic/claude-4.5-sonnet-20250929`), and name models of version 3 without a date. */
function ofGateway(byName: Map<string, ModelEntry>, name: string): ModelEntry | undefined {
  const turned = name.replace(/^claude-(\d+(?:-\d+)?)-([a-z]+)$/, "claude-$2-$1");
  return byName.get(turned) ?? [...byName.values()].find(({ id }) => id.replace(/-\d{8}$/, "") === name);
}

/**
 * The Anthropic id inside a provider's: `us.anthropic.claude-opus-4-6-v1:0:200k` and ARNs (Bedrock), `claude-opus-4-5@20251101`
 * (Vertex), `anthropic/claude-opus-4.6:thinking` (gateways).
 */
function withoutProvider(id: string): string {
  return id
    .replace(/^.*[/:](?=(?:[a-z-]+\.)?(?:anthropic\.)?claude)/, "")
    .replace(/^(?:[a-z-]+\.)?anthropic\./, "")
    .replace(/:(?:beta|thinking)$/, "")
    .replace(/-v\d+(?::\d+)?(?::\d+k)?$/, "")
    .replace(/@(?:default|latest)$/, "")
    .replace("@", "-")
    .replaceAll(".", "-");
}
