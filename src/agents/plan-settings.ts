import { changeOf, type Conflict, keptNotes, type PlanInput, type PlannedFile } from "./change.ts";
import { editJson, type Json, jsonAt, parseJsonObject } from "./edit-json.ts";
import { judgeKey, type LockedFile, type Resolution, type KeyDecision } from "./lock.ts";

/** Plans the changes of a settings file: sets wanted keys, removes keys written before, and keeps every other byte. */
export function planSettings(
  input: Pick<PlanInput, "files" | "lock" | "resolutionOf">,
  path: string,
  wanted: Readonly<Record<string, Json>>,
): PlannedFile {
  const [before, locked] = [input.files.get(path), input.lock.files[path]];
  const refuse = (...conflicts: Conflict[]) => ({
    change: changeOf(path, before, before, { conflicts }),
    locked,
  });
  const text = before?.toString("utf8") ?? "";
  const blank = text.trim() === "";
  const settings = blank ? {} : parseJsonObject(text);
  if (before && !before.equals(Buffer.from(text))) return refuse(NOT_UTF_8);
  if (!settings) return refuse(NOT_JSON);

  const judged = judgeSettings(settings, wanted, locked, input.resolutionOf?.(path));
  const of = (verdict: KeyDecision) => judged.filter((key) => key.verdict === verdict);
  if (of("conflict").length > 0)
    return refuse(...of("conflict").map(({ key, found, wanted }) => ({ key, found, wanted })));
  const edited = editAll(blank ? "{}\n" : text, of("set"));
  if (typeof edited !== "string") return refuse(edited);

  const own = judged.filter((key) => key.wanted !== null);
  // A file with exactly these bytes is rolecall's own, even if a killed apply did not write the lock.
  const created = locked?.created ?? (!before || text === asCreated(wanted));
  const emptied = own.length === 0 && edited.trim() === "{}" && (locked?.created ?? blank);
  return {
    change: changeOf(path, before, emptied ? undefined : Buffer.from(edited), {
      notes: keptNotes(of("kept")),
    }),
    locked: own.length === 0 ? undefined : lockedAfter(own, of("kept"), created),
  };
}

const NOT_JSON = fileConflict(
  "not a JSON object: Claude Code ignores the whole file, and rolecall does not change it",
);
const NOT_UTF_8 = fileConflict("not UTF-8 text, so rolecall does not change it. Save it as UTF-8");

function fileConflict(why: string): Conflict {
  return { key: "file", found: null, wanted: null, why };
}

/** Returns the text of a new settings file. */
function asCreated(wanted: Readonly<Record<string, Json>>): string | Conflict {
  return editAll(
    "{}\n",
    Object.entries(wanted).map(([key, value]) => ({ key, found: null, wanted: value })),
  );
}

/** Returns the text with every key set, or the conflict of the first key that cannot be set. */
function editAll(text: string, keys: readonly Conflict[]): string | Conflict {
  let edited = text;
  for (const { key, found, wanted } of keys) {
    const next = editJson(edited, key.split("/"), wanted ?? undefined);
    if (next === undefined)
      return {
        key,
        found,
        wanted,
        why: "the key occurs twice, or the value of a key above it is not an object",
      };
    edited = next;
  }
  return edited;
}

interface Judged extends Conflict {
  verdict: KeyDecision;
}

/** Decides about each key. A key that is no longer wanted is removed, unless the user edited it. */
function judgeSettings(
  settings: { readonly [key: string]: Json },
  wanted: Readonly<Record<string, Json>>,
  locked: LockedFile | undefined,
  resolution: Resolution | undefined,
): Judged[] {
  const dropped = Object.keys(locked?.keys ?? {}).filter((key) => !(key in wanted));
  return [...Object.keys(wanted), ...dropped].map((key) => {
    const found = jsonAt(settings, key.split("/")) ?? null;
    const want = wanted[key] ?? null;
    const verdict = judgeKey(key, found, want, locked, resolution);
    return { key, found, wanted: want, verdict: want === null && verdict === "conflict" ? "same" : verdict };
  });
}

function lockedAfter(own: readonly Judged[], kept: readonly Judged[], created: boolean): LockedFile {
  return {
    created,
    keys: Object.fromEntries(own.map(({ key, wanted }) => [key, wanted])),
    ...(kept.length > 0 && { kept: Object.fromEntries(kept.map(({ key, found }) => [key, found])) }),
  };
}
