import { describe, expect, it } from "vitest";
import { ledgerRows } from "../../../src/analysis/ledger/rows.ts";
import { pricesOfThen, totalCost } from "../../../src/analysis/simulate/cost.ts";
import { toSteps } from "../../../src/analysis/simulate/steps.ts";
import { pricesOfToday } from "../../../src/analysis/simulate/today.ts";
import { simulate } from "../../../src/analysis/simulate/waterfall.ts";
import type { LedgerThread } from "../../../src/domain/ledger-input.ts";
import { sum } from "../../../src/domain/numbers.ts";
import { ADVICE_KINDS, type AdviceKind } from "../../../src/domain/simulation.ts";
import { promptTokens } from "../../../src/domain/usage.ts";
import { tokenPrices } from "../../../src/models/price.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import { type Conversation, createConversation, threadsOf } from "../../helpers/conversation.ts";

const models = createModelTable();
const then = pricesOfThen(models);

/** A history as it was, or as it would have been with the change made. */
type Play = (changed: boolean) => Conversation[];

function stepsOf(threads: readonly LedgerThread[]) {
  return threads.map((thread) => toSteps(thread, ledgerRows(thread, models)));
}

/** Dollars of what the transcripts show and of the compactions, which leave no line. */
function costOf(conversations: readonly Conversation[]): number {
  const spent = threadsOf(conversations).flatMap(({ requests }) =>
    requests.map(({ costNano = 0 }) => costNano),
  );
  const unseen = conversations.flatMap((talk) =>
    talk.unseen.map(({ model, read, output }) => {
      const entry = models.find(model);
      const prices = entry && tokenPrices(entry, read, { at: Date.parse("2026-01-05") });
      return read * (prices?.cacheRead ?? 0) + output * (prices?.output ?? 0);
    }),
  );
  return (sum(spent) + sum(unseen)) / 1e9;
}

function adviceOn(kind: AdviceKind, play: Play) {
  const steps = stepsOf(threadsOf(play(false)));
  const others = ADVICE_KINDS.filter((other) => other !== kind);
  return simulate(steps, models, then, { kinds: others }).advice.find((one) => one.kind === kind);
}

/** Saved by the change, as a second history shows it. */
const trueSaving = (play: Play, times = 1) => costOf(play(false)) - costOf(play(true)) * times;

const read = (file: string, result: number) => ({ input: { file_path: `/home/dev/shop/${file}` }, result });
const edit = (file: string) => ({
  name: "Edit",
  input: { file_path: `/home/dev/shop/${file}`, old_string: "a", new_string: "b" },
  result: 50,
});
const commit = { name: "Bash", input: { command: "git commit -m done" }, result: 40 };
const shell = { name: "Bash", input: { command: "npm run generate" }, result: 100 };
const LOOKUPS = 4;
const PER_LOOKUP = 5_000;

/** Looks 20,000 tokens up again. */
function lookUp(talk: Conversation): void {
  for (let index = 0; index < LOOKUPS; index++) talk.call(read(`again-${index}.ts`, PER_LOOKUP));
}

const PLAYS: Readonly<Record<string, { play: Play; times?: number; off: number }>> = {
  "compact-window": {
    off: 0.05,
    play: (changed) => {
      const talk = createConversation();
      talk.prompt(100);
      talk.lose();
      for (let index = 0; index < 110; index++) {
        if (changed && talk.context > 200_000) {
          talk.compact();
          lookUp(talk);
        }
        talk.call(read(`file-${index}.ts`, PER_LOOKUP));
      }
      return [talk];
    },
  },
  "cache-lifetime": {
    off: 0.0001,
    play: (changed) => {
      const talk = createConversation({ lifetime: changed ? "1h" : "5m" });
      for (let index = 0; index < 14; index++) {
        talk.prompt(100);
        talk.call(read(`file-${index}.ts`, 4_000));
        talk.answer();
        talk.pause(20);
      }
      return [talk];
    },
  },
  "cold-prompt": {
    off: 0.05,
    play: (changed) =>
      ["a", "b", "c"].flatMap((part) => {
        const talk = createConversation();
        talk.prompt(100);
        for (let index = 0; index < 20; index++) talk.call(read(`${part}-${index}.ts`, PER_LOOKUP));
        talk.answer();
        talk.pause(120);
        const next = changed ? createConversation({ start: "2026-01-06T09:00:00Z", warm: true }) : talk;
        next.prompt(100);
        if (changed) lookUp(next);
        for (let index = 0; index < 20; index++) next.call(read(`${part}-other-${index}.ts`, 500));
        return changed ? [talk, next] : [talk];
      }),
  },
  "clear-after-commit": {
    off: 0.05,
    play: (changed) =>
      ["a", "b", "c"].flatMap((part) => {
        const talk = createConversation();
        talk.prompt(100);
        for (let index = 0; index < 20; index++) talk.call(read(`${part}-${index}.ts`, PER_LOOKUP));
        talk.call(commit);
        talk.answer();
        const next = changed ? createConversation({ start: "2026-01-06T09:00:00Z", warm: true }) : talk;
        next.prompt(100);
        if (changed) lookUp(next);
        for (let index = 0; index < 30; index++) next.call(read(`${part}-other-${index}.ts`, PER_LOOKUP));
        return changed ? [talk, next] : [talk];
      }),
  },
  "base-size": {
    off: 0.0001,
    play: (changed) => {
      const talk = createConversation({ base: changed ? 35_000 : 45_000 });
      for (let index = 0; index < 10; index++) {
        talk.prompt(100);
        talk.call(read(`file-${index}.ts`, 2_000));
        if (index === 5) talk.lose();
        talk.answer();
      }
      return [talk];
    },
  },
  "explore-agent": {
    off: 0.1,
    play: (changed) => {
      const talk = createConversation({ lifetime: "5m" });
      const agents: Conversation[] = [];
      for (let turn = 0; turn < 4; turn++) {
        talk.prompt(100);
        if (changed) {
          const agent = createConversation({
            session: talk.session,
            agentId: `explore${turn}`,
            agentType: "Explore",
            model: "claude-haiku-4-5-20251001",
            base: 23_900,
            survives: 0,
            lifetime: "5m",
          });
          agents.push(agent);
          agent.prompt(100);
          for (let index = 0; index < 10; index++) agent.call(read(`${turn}-${index}.ts`, 3_000));
          // The report, and a tenth of what the agent read that the main thread reads as well.
          talk.call({ name: "Agent", input: { subagent_type: "Explore" }, result: 2_000 + 3_000 });
        } else for (let index = 0; index < 10; index++) talk.call(read(`${turn}-${index}.ts`, 3_000));
        for (let index = 0; index < 15; index++) talk.call(shell);
      }
      return [talk, ...agents];
    },
  },
  "big-results": {
    off: 0.02,
    play: (changed) => {
      const talk = createConversation();
      talk.prompt(100);
      for (let index = 0; index < 12; index++) {
        talk.call(read(`file-${index}.ts`, changed ? 3_000 : 10_000));
        for (let more = 0; more < 4; more++) talk.call(shell);
      }
      return [talk];
    },
  },
  "one-call": {
    off: 0.02,
    play: (changed) => {
      const talk = createConversation();
      const files = Array.from({ length: 20 }, (_, index) => `part-${index}.ts`);
      for (let turn = 0; turn < 4; turn++) {
        talk.prompt(200, { text: files.map((file) => `shop/${turn}-${file}`).join(" ") });
        const [first, ...others] = files.map((file) => read(`${turn}-${file}`, 400));
        // Every second of the calls that could have been made with the one before is.
        let batch = first ? [first] : [];
        others.forEach((call, index) => {
          if (changed && (index + turn) % 2 === 0) {
            batch.push(call);
            return;
          }
          talk.call(...batch);
          batch = [call];
        });
        talk.call(...batch);
        talk.answer();
      }
      return [talk];
    },
  },
  "agent-model": {
    off: 0.0001,
    times: 1.12,
    play: (changed) =>
      Array.from({ length: 6 }, (_, run) => {
        const agent = createConversation({
          session: "99999999-0000-4000-8000-000000000000",
          agentId: `dev${run}`,
          agentType: "dev",
          model: changed ? "claude-sonnet-4-5-20250929" : "claude-opus-4-5-20251101",
          start: "2026-01-05T09:00:00Z",
        });
        agent.prompt(500);
        for (let index = 0; index < 10; index++) agent.call(edit(`${run}-${index}.ts`));
        return agent;
      }),
  },
  "main-model": {
    off: 0.0001,
    times: 1.12,
    play: (changed) => {
      const talk = createConversation({
        model: changed ? "claude-sonnet-4-5-20250929" : "claude-opus-4-5-20251101",
      });
      for (let turn = 0; turn < 6; turn++) {
        talk.prompt(300);
        for (let index = 0; index < 8; index++) talk.call(edit(`${turn}-${index}.ts`));
        talk.answer();
      }
      return [talk];
    },
  },
  "quiet-agents": {
    off: 0.02,
    play: (changed) => {
      const talk = createConversation();
      talk.prompt(100);
      for (let index = 0; index < 15; index++) {
        talk.call(shell);
        talk.told("<task-notification>", 60, { origin: { kind: "task-notification" } });
        if (!changed) talk.answer(20);
        talk.call(shell);
      }
      return [talk];
    },
  },
  "avoid-loss": {
    off: 0.01,
    play: (changed) => {
      const talk = createConversation({ base: 80_000 });
      for (let turn = 0; turn < 10; turn++) {
        talk.prompt(100, { image: true });
        if (!changed || turn % 2 === 0) talk.lose();
        for (let index = 0; index < 15; index++) talk.call(shell);
        talk.answer();
      }
      return [talk];
    },
  },
};

describe("a simulated saving equals what a second history with the change made shows", () => {
  it.each(Object.entries(PLAYS))("%s", (kind, { play, times = 1, off }) => {
    const advice = adviceOn(kind as AdviceKind, play);
    const wanted = trueSaving(play, times);
    expect(wanted).toBeGreaterThan(0);
    expect(advice, "no advice").toBeDefined();
    const saved = (advice?.saves.mid ?? 0) / 1e9;
    expect(Math.abs(saved / wanted - 1), `${saved} simulated, ${wanted} true`).toBeLessThan(off);
    expect(advice?.saves.low).toBeLessThanOrEqual(advice?.saves.mid ?? 0);
    expect(advice?.saves.high).toBeGreaterThanOrEqual(advice?.saves.mid ?? 0);
    expect(advice?.places.length).toBeGreaterThan(0);
  });

  it("newer-model, at the prices of today", () => {
    const talk = createConversation({ model: "claude-opus-4-1-20250805", start: "2026-11-20T09:00:00Z" });
    for (let turn = 0; turn < 8; turn++) {
      talk.prompt(300);
      for (let index = 0; index < 8; index++) talk.call(read(`${turn}-${index}.ts`, 1_000));
    }
    const threads = threadsOf([talk]);
    const now = Date.parse("2026-11-27T12:00:00Z");
    const steps = stepsOf(threads);
    const { advice, unchanged } = simulate(steps, models, pricesOfToday(steps, models, now));
    const found = advice.find(({ kind }) => kind === "newer-model");
    const newest = models.find("claude-opus-5-5");
    const wanted = sum(
      threads.flatMap(({ requests }) =>
        requests.map(({ usage }) => {
          const prices = newest && tokenPrices(newest, promptTokens(usage), { at: now });
          if (!prices) return 0;
          const { cacheRead, cacheWrite1h, output } = usage;
          return (
            1.3 * (cacheRead * prices.cacheRead + cacheWrite1h * prices.cacheWrite1h + output * prices.output)
          );
        }),
      ),
    );
    expect((found?.saves.mid ?? 0) / (unchanged - wanted)).toBeCloseTo(1, 4);
    expect(found?.patch).toEqual([{ type: "settings", scope: "user", values: { model: "opus" } }]);
  });
});

const everything = (): Conversation[] => Object.values(PLAYS).flatMap(({ play }) => play(false));

describe("a waterfall", () => {
  it("without any change costs what was spent", () => {
    const talks = everything();
    const spent = sum(
      threadsOf(talks).flatMap(({ requests }) => requests.map(({ costNano = 0 }) => costNano)),
    );
    expect(totalCost(stepsOf(threadsOf(talks)), then) / spent).toBeCloseTo(1, 9);
  });

  it("adds up: each kind counts only what the ones before it leave", () => {
    const steps = stepsOf(threadsOf(everything()));
    const { advice, unchanged } = simulate(steps, models, then);
    expect(advice.length).toBeGreaterThan(3);
    const saved = sum(advice.map(({ saves }) => saves.mid));
    expect(saved).toBeLessThan(unchanged);
    const alone = sum(
      advice.map(({ kind }) => {
        const others = ADVICE_KINDS.filter((other) => other !== kind);
        return simulate(steps, models, then, { kinds: others }).advice[0]?.saves.mid ?? 0;
      }),
    );
    expect(saved).toBeLessThan(alone);
  });

  it("says nothing about a history that has nothing to save", () => {
    const talk = createConversation({ model: "claude-sonnet-4-5-20250929", base: 20_000 });
    talk.prompt(100);
    talk.answer();
    const steps = stepsOf(threadsOf([talk]));
    expect(simulate(steps, models, then).advice).toEqual([]);
  });
});
