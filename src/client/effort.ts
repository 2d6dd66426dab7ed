import { EFFORTS, isEffort, isFamily, type Effort } from "../domain/model.ts";
import type { ModelFact } from "../policy/model-facts.ts";
import type { Scene } from "./scene.ts";
import { withoutWindow, type NameReader } from "./names.ts";
import type { SettingsLayer, DecisionSource, Surroundings } from "./types.ts";
import { isAtLeast, isNewerThan, SINCE } from "./version.ts";
import { decide, type SourceCandidate } from "./candidates.ts";

/** The effort that the API takes for a request without one; under a cap it is sent. */
const UNSAID: Effort = "high";

export interface EffortChoice {
  effort: Effort | null;
  sources: DecisionSource[];
  notes: string[];
}

/**
 * The effort of a request for `model`: CLAUDE_CODE_EFFORT_LEVEL, then `own` in its order, then the settings, then the
 * model's default; held down to the settings' `maxEffortLevel` and to what the model knows. While a session plans, the
 * settings' level is that of the model which it works on, `settingsModel`.
 */
export function chooseEffort(
  model: string,
  own: readonly SourceCandidate[],
  { environment, names, around }: Scene,
  settingsModel = model,
): EffortChoice {
  const { layers: all, version } = around;
  const known = knownAt(version, names.find(model) ?? names.find(model.replaceAll(".", "-")));
  const layers = isAtLeast(version, SINCE.modelSettings) ? all : all.map(withoutModelSettings);
  const lock = environment("CLAUDE_CODE_EFFORT_LEVEL");
  const candidates: SourceCandidate[] = [
    { source: "environment", value: lock?.value, where: lock?.where ?? "CLAUDE_CODE_EFFORT_LEVEL" },
    ...own,
    ...layers.flatMap((layer) => settingsOf(layer, settingsModel, names)),
    { source: "model-default", value: defaultEffort({ model, known, version }), where: model },
  ];
  const launched = hasLaunchEffort(model, around) && !lock;
  const { deciding, sources } = decide(
    "effort",
    candidates.map((candidate, index) => {
      const isMuted = launched && candidate.source !== "model-default";
      return { ...candidate, says: !isMuted && counts(candidate, index, version) };
    }),
  );
  return { ...limit(deciding?.value, { model, known, version }, layers, names), sources };
}

/** Older versions keep Opus 4.7 and 4.8 at their default effort unless the session was started with one. */
function hasLaunchEffort(model: string, { version, session }: Surroundings): boolean {
  const isOld = !isAtLeast(version, SINCE.effortOfOpus47);
  return isOld && /^claude-opus-4-[78]/.test(model) && session.effort === undefined;
}

/**
 * An unknown word is ignored. A whole number counts, in front matter and in CLAUDE_CODE_EFFORT_LEVEL, and there `auto`
 * as well: they leave the effort out of the request.
 */
function counts({ source, value }: SourceCandidate, index: number, version: string): boolean {
  const word = value?.trim().toLowerCase();
  if (isEffort(word)) return word !== "xhigh" || isAtLeast(version, SINCE.defaultEffort);
  const isLock = index === 0;
  if (isLock && word === "auto") return true;
  return (isLock || source === "frontmatter") && word !== undefined && /^-?\d+$/.test(word);
}

function limit(
  value: string | undefined,
  { model, known, version }: KnownModel,
  layers: readonly SettingsLayer[],
  names: NameReader,
): Omit<EffortChoice, "sources"> {
  const word = value?.trim().toLowerCase();
  const levels = levelsOf({ model, known, version });
  if (levels.length === 0) return { effort: null, notes: [`${model} has no effort levels; none is sent.`] };
  const cap = lowest(layers.map((layer) => capOf(layer, model, names)).filter((level) => level !== "max"));
  if (!isEffort(word) && !cap)
    return { effort: null, notes: word ? [`\`${word}\` is not an effort level: no effort is sent.`] : [] };
  const asked = isEffort(word) ? word : UNSAID;
  const capped = cap && rank(cap) < rank(asked) ? cap : asked;
  const sent = levels.findLast((level) => rank(level) <= rank(capped)) ?? capped;
  const notes = [
    capped !== word && `maxEffortLevel makes ${word} ${capped}.`,
    sent !== capped && `${model} does not know ${capped}; ${sent} is sent.`,
  ].filter((note) => note !== false);
  return { effort: sent, notes };
}

/** A model, what a version knows about it, and the version. */
interface KnownModel {
  model: string;
  known: ModelFact | undefined;
  version: string;
}

/**
 * Levels that Claude Code sends for a model: all for one that it does not know, none for those before Opus 4.5. Older versions send none
 * for an unknown model that names one of their families.
 */
function levelsOf({ model, known, version }: KnownModel): readonly Effort[] {
  if (known) return known.efforts ?? [];
  const isOfFamily = /opus|sonnet|haiku/.test(model) && !/(?:opus|sonnet)-4-6/.test(model);
  if (isOfFamily && !isAtLeast(version, SINCE.effortOfUnknown)) return [];
  return /claude-3|claude-2|claude-instant/.test(model) ? [] : EFFORTS;
}

/** Returns what a version knows about a model: nothing if the model is newer, no effort for Opus 4.5 if the version is old. */
function knownAt(version: string, known: ModelFact | undefined): ModelFact | undefined {
  if (!known || isNewerThan(known.id, version)) return undefined;
  if (isAtLeast(version, SINCE.defaultEffort) || !known.id.startsWith("claude-opus-4-5")) return known;
  const { efforts: _, ...rest } = known;
  return rest;
}

function withoutModelSettings({ settings, ...layer }: SettingsLayer): SettingsLayer {
  const { modelSettings: _, maxEffortLevel: __, ...rest } = settings;
  return { ...layer, settings: rest };
}

function defaultEffort(model: KnownModel): Effort | undefined {
  if (levelsOf(model).length === 0 || !isAtLeast(model.version, SINCE.defaultEffort)) return undefined;
  return model.known?.defaultEffort ?? "high";
}

/** Returns what one settings file says: for this model, or else for all; in the user's file the latter skips the newest models. */
function settingsOf(
  { level, path, settings }: SettingsLayer,
  model: string,
  names: NameReader,
): SourceCandidate[] {
  const own = modelSettings(settings.modelSettings, model, names);
  const forModel = own.find(({ value }) => settingWord(value.effortLevel));
  if (forModel) {
    const where = `${path} modelSettings.${forModel.key}.effortLevel`;
    return [{ source: "settings", value: settingWord(forModel.value.effortLevel), where }];
  }
  if (settings.effortLevel === undefined) return [];
  const skipped = level === "user" && hasNewDefault(model, names);
  const value = skipped ? undefined : settingWord(settings.effortLevel);
  return [{ source: "settings", value, where: `${path} effortLevel` }];
}

/** The models that came with `medium` as their default: a user's `effortLevel` of before is not taken over to them. */
function hasNewDefault(model: string, names: NameReader): boolean {
  return names.find(model)?.defaultEffort === "medium";
}

/** Settings know `low` to `xhigh`; any other word counts as not there. */
function settingWord(value: unknown): Effort | undefined {
  return isEffort(value) && value !== "max" ? value : undefined;
}

function capOf({ settings }: SettingsLayer, model: string, names: NameReader): Effort | undefined {
  const own = modelSettings(settings.modelSettings, model, names).map(({ value }) => value.maxEffortLevel);
  return [...own, settings.maxEffortLevel].find((cap): cap is Effort => isEffort(cap));
}

type PerModel = NonNullable<SettingsLayer["settings"]["modelSettings"]>;

/** The entries for a model; keys may be spelled any way that names it: an alias, with a date, with `[1m]`. */
function modelSettings(all: PerModel | undefined, model: string, names: NameReader) {
  const wanted = names.find(model)?.id ?? model;
  const entries = Object.entries(all ?? {}).map(([key, value]) => ({ key, value }));
  return entries.filter(({ key, value }) => {
    const plain = withoutWindow(key).toLowerCase();
    const id = isFamily(plain) ? names.alias(plain) : plain;
    return (names.find(id)?.id ?? id) === wanted && typeof value === "object" && value !== null;
  });
}

function lowest(efforts: readonly (Effort | undefined)[]): Effort | undefined {
  return efforts.filter((effort) => effort !== undefined).sort((a, b) => rank(a) - rank(b))[0];
}

function rank(effort: Effort): number {
  return EFFORTS.indexOf(effort);
}
