import { editJson, type Json, jsonAt, parseJsonObject } from "./edit-json.ts";
import { judgeKey, type LockedFile } from "./lock.ts";
import { changeOf, type Conflict, type PlanInput, type PlannedFile } from "./change.ts";
import { wantedSettings } from "./wanted.ts";

/** What becomes of the settings file: managed keys one by one, every other byte as it was. */
export function planSettings(input: PlanInput): PlannedFile {
  const { target, files, lock } = input;
  const path = `${target.prefix}${target.settings}`;
  const [before, locked] = [files.get(path), lock.files[path]];
  const text = before?.toString("utf8") ?? "";
  const blank = text.trim() === "";
  const settings = blank ? {} : parseJsonObject(text);
  if (!settings || (before && !before.equals(Buffer.from(text)))) {
    const why = "not a JSON object; Claude Code ignores it as a whole, and rolecall leaves it alone";
    return refuse(path, before, locked, { key: "file", found: null, wanted: null, why });
  }
  const verdicts = judgeSettings(input, settings, locked, path);
  const conflicts = verdicts.filter(({ verdict }) => verdict === "conflict");
  if (conflicts.length > 0)
    return refuse(
      path,
      before,
      locked,
      ...conflicts.map(({ key, found, wanted }) => ({ key, found, wanted })),
    );

  let edited = blank ? "{}\n" : text;
  for (const { key, wanted } of verdicts.filter(({ verdict }) => verdict === "set")) {
    const next = editJson(edited, key.split("/"), wanted ?? undefined);
    if (next === undefined)
      return refuse(path, before, locked, {
        key,
        found: null,
        wanted,
        why: "stands twice, or something else is in its way",
      });
    edited = next;
  }
  const kept = verdicts.filter(({ verdict }) => verdict === "kept");
  const own = verdicts.filter(({ wanted }) => wanted !== null);
  const emptied = locked?.created === true && own.length === 0 && edited.trim() === "{}";
  return {
    change: changeOf(
      path,
      before,
      emptied ? undefined : blank && own.length === 0 ? before : Buffer.from(edited),
      {
        notes: kept.map(
          ({ key, found, wanted }) =>
            `${key}: ${shown(found)} is yours and kept; the policy says ${shown(wanted)}`,
        ),
      },
    ),
    locked: own.length === 0 ? undefined : lockedAfter(own, kept, locked?.created ?? !before),
  };
}

interface Judged extends Conflict {
  verdict: "same" | "set" | "kept" | "conflict";
}

/** Every key that the policy wants or that rolecall wrote before; one that is not wanted any more goes unless it was edited. */
function judgeSettings(
  input: PlanInput,
  settings: { readonly [key: string]: Json },
  locked: LockedFile | undefined,
  path: string,
): Judged[] {
  const wanted = wantedSettings(input.policy);
  const resolution = input.resolutionOf?.(path);
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

function refuse(
  path: string,
  before: Buffer | undefined,
  locked: LockedFile | undefined,
  ...conflicts: Conflict[]
): PlannedFile {
  return { change: changeOf(path, before, before, { conflicts }), locked };
}

function shown(value: Json): string {
  return value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}
