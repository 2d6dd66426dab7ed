import { describe, expect, it } from "vitest";
import { ledgerRows } from "../../../src/analysis/ledger/rows.ts";
import { pricesOfThen } from "../../../src/analysis/simulate/cost.ts";
import { toSteps } from "../../../src/analysis/simulate/steps.ts";
import { simulate } from "../../../src/analysis/simulate/waterfall.ts";
import type { SessionSetup } from "../../../src/domain/offered.ts";
import { sum } from "../../../src/domain/numbers.ts";
import { ADVICE_KINDS, type AdviceKind, type SimulatedAdvice } from "../../../src/domain/simulation.ts";
import { readSessionSetup } from "../../../src/history/session-setup.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import {
  type Conversation,
  createConversation,
  type Setup,
  withThreads,
} from "../../helpers/conversation.ts";

const models = createModelTable();
const CHARACTERS_PER_TOKEN = 3.5;

function setupOf(talks: readonly Conversation[]): SessionSetup {
  return withThreads(talks, (threads) => readSessionSetup(threads, [], () => true));
}

/** The advice of one kind alone, as `recommend` would simulate it. */
function adviceOn(kind: AdviceKind, talks: readonly Conversation[]): SimulatedAdvice | undefined {
  return withThreads(talks, (threads) => {
    const steps = threads.map((thread) => toSteps(thread, ledgerRows(thread, models)));
    const setup = readSessionSetup(threads, [], () => true);
    const kinds = ADVICE_KINDS.filter((other) => other !== kind);
    return simulate(steps, models, pricesOfThen(models), { kinds }, setup).advice[0];
  });
}

function costOf(talks: readonly Conversation[]): number {
  return withThreads(talks, (threads) =>
    sum(threads.flatMap(({ requests }) => requests.map(({ costNano = 0 }) => costNano))),
  );
}

/** Skills with the tokens of their descriptions. */
type Skills = Readonly<Record<string, number>>;

const listing = (skills: Skills) => ({
  type: "attachment",
  attachment: {
    type: "skill_listing",
    content: Object.entries(skills)
      .map(([name, tokens]) => `- ${name}: ${"x".repeat(Math.round(tokens * CHARACTERS_PER_TOKEN))}`)
      .join("\n"),
    names: Object.keys(skills),
    isInitial: true,
  },
});
const servers = (...names: string[]) => {
  const tools = names.flatMap((name) => [`mcp__${name}__read`, `mcp__${name}__write`]);
  return {
    type: "attachment",
    attachment: { type: "deferred_tools_delta", addedNames: tools, addedLines: tools, removedNames: [] },
  };
};
const agents = (...names: string[]) => ({
  type: "attachment",
  attachment: {
    type: "agent_listing_delta",
    addedTypes: names,
    addedLines: names.map((name) => `- ${name}: does things`),
  },
});

/** A session that begins with attachments, whose tokens are in its first prompt. */
function session(attachments: readonly object[], tokens: number, setup: Setup = {}): Conversation {
  const talk = createConversation({ base: 30_000 + tokens, ...setup });
  for (const attachment of attachments) talk.mark(attachment);
  talk.prompt(100);
  for (let index = 0; index < 12; index++) talk.call({ input: { file_path: `/a/${index}.ts` }, result: 800 });
  talk.answer();
  return talk;
}

const total = (skills: Skills) => sum(Object.values(skills));
const used = (talk: Conversation, skill: string) => {
  talk.call({ name: "Skill", input: { skill }, result: 100 });
  talk.answer();
  return talk;
};

describe("skills and MCP servers that are listed in vain", () => {
  const SKILLS: Skills = { lint: 3_000, deploy: 9_000, draw: 7_000 };
  const play = (skills: Skills) =>
    Array.from({ length: 4 }, () => used(session([listing(skills)], total(skills)), "lint"));

  it("are measured: the saving equals that of a second history without them", () => {
    const advice = adviceOn("base-size", play(SKILLS));
    const saved = advice?.saves.mid ?? 0;
    const wanted = costOf(play(SKILLS)) - costOf(play({ lint: 3_000 }));
    expect(wanted).toBeGreaterThan(0);
    expect(Math.abs(saved / wanted - 1), `${saved} simulated, ${wanted} true`).toBeLessThan(0.02);
    expect(advice?.saves.low).toBeCloseTo(saved * 0.9, -6);
    expect(advice?.patch[0]).toEqual({
      type: "settings",
      scope: "user",
      values: { skillOverrides: { deploy: "user-invocable-only", draw: "user-invocable-only" } },
    });
  });

  it("are named with how to turn them off; what is called stays", () => {
    const attachments = [
      listing({ lint: 3_000, deploy: 9_000, "old:plan": 100, "old:do": 100, "big:go": 50 }),
      servers("shop", "wiki", "plugin_old_db"),
      agents("old:helper", "big:worker"),
    ];
    const talks = Array.from({ length: 3 }, () => session(attachments, 12_500));
    const [first] = talks;
    first?.call({ name: "mcp__shop__read", result: 50 });
    first?.call({ name: "Agent", input: { subagent_type: "big:worker" }, result: 50 });
    used(first as Conversation, "lint");
    expect(adviceOn("base-size", talks)?.patch).toEqual([
      {
        type: "settings",
        scope: "user",
        values: {
          skillOverrides: { deploy: "user-invocable-only" },
          permissions: { deny: ["mcp__wiki"] },
        },
      },
      { type: "manual", text: "Turn off with /plugin: old. No skill, agent or server of it was called." },
      { type: "manual", text: "Shorten the longest memory file: every request carries it." },
    ]);
  });

  it("of one project are turned off there if another one calls them", () => {
    const [shop, blog] = ["/home/dev/shop", "/home/dev/blog"].map((cwd) =>
      Array.from({ length: 3 }, () => session([servers("wiki")], 20, { cwd })),
    ) as [Conversation[], Conversation[]];
    blog[0]?.call({ name: "mcp__wiki__read", result: 50 });
    const { offered } = setupOf([...shop, ...blog]);
    expect(offered.map(({ name, project, calls, allCalls }) => [name, project, calls, allCalls])).toEqual(
      expect.arrayContaining([
        ["wiki", "/home/dev/shop", 0, 1],
        ["wiki", "/home/dev/blog", 1, 1],
      ]),
    );
    const texts = adviceOn("base-size", [...shop, ...blog])?.patch.map((one) =>
      one.type === "manual" ? one.text : one.type,
    );
    expect(texts?.[0]).toContain("In /home/dev/shop, which calls no tool of wiki");
    expect(texts?.[0]).toContain('{"permissions":{"deny":["mcp__wiki"]}}');
  });

  it("count only if each of the three latest sessions lists them", () => {
    const old = { lint: 100, deploy: 9_000 };
    expect(setupOf([session([listing(old)], 9_100), session([listing(old)], 9_100)]).offered).toEqual([]);
    const talks = [old, old, { ...old, fresh: 500 }].map((skills, day) =>
      session([listing(skills)], 9_100, { start: `2026-01-0${day + 1}T09:00:00Z` }),
    );
    expect(setupOf(talks).offered.map(({ name }) => name)).toEqual(["lint", "deploy"]);
  });

  it("of hostile names are left out", () => {
    const hostile = { "a b": 10, "x\u001b[31m": 10, ["__proto__"]: 10, ["y".repeat(200)]: 10, 'q"}': 10 };
    const talks = Array.from({ length: 3 }, () => session([listing(hostile)], 50));
    expect(setupOf(talks).offered).toEqual([]);
    const broken = [{ type: "attachment", attachment: { type: "skill_listing", content: 7, names: {} } }];
    expect(setupOf(Array.from({ length: 3 }, () => session(broken, 0))).offered).toEqual([]);
  });

  it("are not known of clients that do not list them, which the advice says", () => {
    const talks = Array.from({ length: 3 }, () => session([], 0));
    expect(setupOf(talks)).toMatchObject({ sessions: 3, listing: 0, offered: [] });
    const advice = adviceOn("base-size", talks);
    expect(advice?.patch.map(({ type }) => type)).toEqual(["manual", "manual"]);
    expect(advice?.patch[0]).toMatchObject({ text: expect.stringContaining("do not show") });
  });
});

/** Each session loses its cache when its mode is changed. */
const playModes = (mode: string) =>
  Array.from({ length: 4 }, () => {
    const talk = createConversation({ base: 80_000 });
    const say = (permissionMode: string) => talk.told("Go on with the work.", 50, { permissionMode });
    say("default");
    for (let index = 0; index < 15; index++) talk.call({ name: "Bash", input: { command: "make" } });
    talk.answer();
    talk.lose();
    say(mode);
    for (let index = 0; index < 15; index++) talk.call({ name: "Bash", input: { command: "make" } });
    talk.answer();
    return talk;
  });

describe("permission modes", () => {
  it("that sessions end up in are set from the start", () => {
    expect(setupOf(playModes("acceptEdits")).modes).toEqual({ acceptEdits: 4 });
    expect(adviceOn("avoid-loss", playModes("acceptEdits"))).toMatchObject({
      subject: "mode",
      patch: [{ type: "settings", values: { permissions: { defaultMode: "acceptEdits" } } }],
    });
  });

  it("without questions are never advised", () => {
    expect(adviceOn("avoid-loss", playModes("bypassPermissions"))?.patch).toMatchObject([{ type: "memory" }]);
  });
});
