import { DAY_MS } from "../domain/calendar.ts";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type AgentPlace, locateTarget } from "../agents/locate.ts";
import { median } from "../domain/numbers.ts";
import { familyIn, type Family } from "../domain/model.ts";
import { messageOf } from "../errors.ts";
import { openHistory, type OpenedHistory } from "../history/open-history.ts";
import { readJudged } from "../history/judged.ts";
import { toUsd } from "../domain/money.ts";
import { type StoredDay, writeStoredDay } from "../hooks/day-spend.ts";
import { hashOf, type HookPlaces, locateHooks, stateFile } from "../hooks/places.ts";
import { dayOf } from "../hooks/once-a-day.ts";
import { appendLog, type LogEntry } from "../hooks/log.ts";
import { whileWanted } from "../hooks/refresh-marks.ts";
import { type HookAdvice, readState } from "../hooks/state.ts";
import { evidenceFrom } from "./impact.ts";
import { makeHooksFolder, syncHookState } from "./sync-hook-state.ts";
import { type AdviceList, readAdviceList } from "./advice-list.ts";
import { hasHooksAt, hasPartsIn, type LearnedState } from "./hook-state.ts";
import { isInRepository } from "./recommend.ts";
import { type EndedTrial, endTrials } from "./trials.ts";
import { readBlocks, WINDOW_MS } from "./blocks.ts";
import { readSpend } from "./spend.ts";
import { asOnlyWriter } from "./write-lock.ts";

const ADVICE_DAYS = 30;

export interface RefreshOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  now: () => number;
  /** Puts the first advice of a list into a line; null for an empty list. */
  adviceOf: (list: AdviceList) => HookAdvice | null;
}

/**
 * Reads what is new in the history, counts the outcomes of running trials and ends those that are decided, and computes what the hooks at a
 * place decide by. Runs in the background; goes round again if it was asked for meanwhile.
 */
export async function refreshHooks(options: RefreshOptions): Promise<void> {
  const { cwd, env } = options;
  const places = locateHooks(env);
  const root = readState(places, [cwd], env)?.root ?? cwd;
  await whileWanted(places, root, async () => {
    try {
      await refreshOnce(places, options);
    } catch (thrown) {
      // Nobody reads what a process in the background writes on stderr.
      const why = messageOf(thrown);
      appendLog(places, { at: options.now(), event: "refresh", session: "", decision: "failed", why });
      throw thrown;
    }
  });
}

async function refreshOnce(places: HookPlaces, options: RefreshOptions): Promise<void> {
  const { cwd, env, now } = options;
  const place = { cwd, env };
  const history = await openHistory({ needs: "tasks" }, env, cwd);
  try {
    writeStoredDay(places, dayIn(history, now()));
    await asOnlyWriter(place, { command: "rolecall hooks refresh" }, async () => {
      const ended = hasHooksAt(place) ? endTrials(history, now()) : [];
      for (const one of ended) appendLog(places, entryOf(one, now()));
      await startKeepingStates(place, now());
      // Advice and evidence take seconds on a long history, and change slowly.
      const isLearned = readState(places, [cwd], env)?.learnedOn === dayOf(now());
      const learned = isLearned && ended.length === 0 ? undefined : await learn(history, options);
      await syncHookState(place, now(), learned);
    });
  } finally {
    history.close();
  }
  sweep(places, now());
}

/** Begins to keep states on a machine whose hooks came with the plugin: `init --hooks` did not run there. */
async function startKeepingStates(place: AgentPlace, now: number): Promise<void> {
  if (!hasHooksAt(place)) return;
  makeHooksFolder(place.env);
  const user = { ...place, user: true };
  const { target } = locateTarget(user);
  if (hasPartsIn(target) && !existsSync(stateFile(locateHooks(place.env), target.root)))
    await syncHookState(user, now);
}

/** A trial ends in no session. */
function entryOf({ recommendation, verdict, why }: EndedTrial, at: number): LogEntry {
  const { agent } = recommendation.subject;
  return {
    at,
    event: "trial",
    session: "",
    ...(agent !== null && { agent }),
    decision: verdict,
    why: `${recommendation.id}: ${why}`,
  };
}

async function learn(history: OpenedHistory, { now, adviceOf }: RefreshOptions): Promise<LearnedState> {
  const at = now();
  const list = await readAdviceList(history, { since: at - ADVICE_DAYS * DAY_MS, timezone: "UTC" }, at);
  const isHere = isInRepository(history);
  const turns = readJudged(history, { since: evidenceFrom(at), timezone: "UTC" })
    .flatMap(({ tasks }) => tasks)
    .filter((task) => task.kind === "turn" && isHere(task));
  const evidence: Partial<Record<Family, { accepted: number; known: number }>> = {};
  for (const { outcome, models } of turns) {
    const family = familyIn(models[0] ?? "");
    if (!family || outcome === "unknown" || outcome === "interrupted") continue;
    const counted = (evidence[family] ??= { accepted: 0, known: 0 });
    counted.known++;
    if (outcome === "accepted") counted.accepted++;
  }
  const first = turns.filter(({ index }) => index === 0).map(({ contextTokens }) => contextTokens);
  return { learnedOn: dayOf(at), evidence, freshTokens: median(first) ?? null, advice: adviceOf(list) };
}

/** Returns what each session spent since midnight, and the five-hour window that is running. */
function dayIn(history: OpenedHistory, now: number): StoredDay {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const { rows } = readSpend(history, ["session"], { since: midnight, timezone: "UTC" });
  const block = readBlocks(history, { since: now - WINDOW_MS, timezone: "UTC" }, {}, now).find(
    (one) => one.active,
  );
  return {
    day: dayOf(now),
    at: now,
    sessions: Object.fromEntries(
      rows.map(({ key, costNano }) => [hashOf(key.session ?? ""), toUsd(costNano)]),
    ),
    window: block ? { endsAt: block.endsAt, usd: toUsd(block.costNano) } : null,
  };
}

const NOTES_MS = 7 * DAY_MS;

/** Removes notes about sessions that ended, and marks of other days. */
function sweep({ folder, sessions, spend }: HookPlaces, now: number): void {
  for (const parent of [sessions, spend])
    for (const name of existsSync(parent) ? readdirSync(parent) : []) {
      const path = join(parent, name);
      const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - modified > NOTES_MS) rmSync(path, { recursive: true, force: true });
    }
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (name.startsWith("advice-") && name !== `advice-${dayOf(now)}`)
      rmSync(join(folder, name), { force: true });
}
