import { projectName } from "../history/filters.ts";
import { resolveWorkspace } from "../history/workspace.ts";

/** A word that can stand at the cursor, and what it means. */
export interface CompletionWord {
  word: string;
  meaning?: string;
}

/**
 * Returns the names that an option takes: of models from the catalogue, of roles from the policy, of the rest from the store as it is. No
 * transcript is read. Names from transcripts that a shell would not take literally are left out.
 */
export async function namesOf(
  option: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CompletionWord[]> {
  if (option === "role") return roles();
  if (option === "model") return models();
  if (!isStored(option)) return [];
  const at = words.indexOf("--db");
  const { dbFile } = resolveWorkspace(at < 0 ? {} : { db: words[at + 1] ?? "" }, env);
  const { isStore } = await import("../store/identify.ts");
  if (!isStore(dbFile)) return [];
  const { readNames } = await import("../store/names.ts");
  const names = readNames(dbFile, option).map((name) => candidateOf(option, name));
  return names.filter(
    ({ word }, at) => LITERAL.test(word) && names.findIndex((one) => one.word === word) === at,
  );
}

/** The scripts quote spaces and letters of any language; characters that mean something to a shell need not be trusted to that. */
const LITERAL = /^[\p{L}\p{N}_@%+:.](?:[\p{L}\p{M}\p{N}_@%+=:,./ -]*[\p{L}\p{M}\p{N}_@%+=:,./-])?$/u;

async function roles(): Promise<CompletionWord[]> {
  const { BUILT_IN_ROLES } = await import("../policy/roles.ts");
  return Object.keys(BUILT_IN_ROLES).map((word) => ({ word }));
}

async function models(): Promise<CompletionWord[]> {
  const { CATALOGUE } = await import("../models/catalogue.ts");
  return [...new Set(CATALOGUE.flatMap(({ family, id }) => [family as string, id]))].map((word) => ({
    word,
  }));
}

function isStored(option: string): option is "project" | "agent" | "branch" | "session" {
  return ["project", "agent", "branch", "session"].includes(option);
}

/** Projects by their last folder, sessions by eight characters of their id. */
function candidateOf(option: string, { name, note }: { name: string; note: string }): CompletionWord {
  if (option === "project") return { word: folder(name), meaning: projectName(name) };
  if (option === "session") return { word: name.slice(0, 8), meaning: folder(note) };
  return { word: name };
}

function folder(path: string): string {
  return projectName(path).split(/[\\/]/).at(-1) ?? "";
}
