import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createRandom, type Random } from "../../bench/random.ts";
import { readAgents } from "../../src/agents/discover.ts";
import { editFrontMatter } from "../../src/agents/edit-frontmatter.ts";
import { parseFrontMatter } from "../../src/agents/frontmatter.ts";
import type { AgentPlace } from "../../src/agents/locate.ts";
import type { AdviceKey } from "../../src/domain/decision.ts";
import type { AdvicePatch, Recommendation } from "../../src/domain/recommendation.ts";
import { RolecallError } from "../../src/errors.ts";
import { readAdviceLog } from "../../src/operations/advice-log.ts";
import { planApply, planRevert, writeApply, writeRevert } from "../../src/operations/apply-advice.ts";
import { applyUndo, loadUndo } from "../../src/operations/undo.ts";
import { wildFiles } from "../agents/wild.ts";

/** What was done exactly as it was said, of all. */
export interface Fidelity {
  applied: number;
  reverted: number;
  /** Front matter that is not YAML and cannot be edited safely: an error says what to set by hand. */
  refused: number;
  /** What was not, in words. */
  wrong: string[];
}

type Tree = Readonly<Record<string, string>>;

const LOCAL = ".claude/settings.local.json";
const SETTINGS = [
  undefined,
  "{}\n",
  '{"model": "opus"}',
  '{\n\t"env": { "A": "1", "CLAUDE_CODE_SUBAGENT_MODEL": "haiku" },\n\t"model": "opus",\n\t"hooks": {}\n}\n',
  '{\r\n    "permissions": {"allow": ["Bash(npm test)"]},\r\n    "modelSettings": {"claude-sonnet-5-5": {"x": 1}}\r\n}',
];
const AGENTS = wildFiles(400).filter(({ loads }) => loads);

/** Applies advice to a random repository, edits it as a user would, and reverts in a random order; adds up what was exact. */
export async function playRepository(seed: number, fidelity: Fidelity): Promise<void> {
  const random = createRandom(seed);
  const root = mkdtempSync(join(tmpdir(), "rolecall-fidelity-"));
  const cwd = join(root, "repository");
  const place: AgentPlace = {
    cwd,
    env: { HOME: root, CLAUDE_CONFIG_DIR: join(root, "user"), PATH: process.env["PATH"] },
  };
  try {
    fill(cwd, random);
    const moves = drawMoves(cwd, random);
    const done = [];
    for (const [index, patch] of moves.entries()) {
      const before = readAll(cwd);
      const plan = await planOf(place, adviceOf(`advice-${index}`, patch), fidelity);
      if (!plan || plan.changes.length === 0) continue;
      writeApply(plan, Date.UTC(2026, 10, 1, index));
      const wrong = wrongAfterApply(before, readAll(cwd), plan.keys, patch);
      if (wrong) fidelity.wrong.push(`${seed}: ${JSON.stringify(patch)}: ${wrong}`);
      else fidelity.applied++;
      done.push({ id: plan.recommendation.id, before, keys: plan.keys });
    }
    let isFirst = true;
    for (const one of shuffled(done, random)) {
      const edit = drawEdit(random);
      const paths = [...new Set(one.keys.map(({ path }) => path))];
      const wanted = paths.map((path) => edit(one.before[path], path, one.keys));
      for (const path of paths) {
        const edited = edit(readAll(cwd)[path], path, one.keys);
        if (edited !== undefined) writeFileSync(join(cwd, path), edited, "latin1");
      }
      const others = rest(readAll(cwd), paths);
      // undo reverts the latest apply: it is one way as long as nothing else was reverted.
      revert(place, one.id, isFirst && one.id === done.at(-1)?.id && random.chance(0.5));
      isFirst = false;
      const after = readAll(cwd);
      const isExact =
        paths.every((path, i) => isSame(after[path], wanted[i], path, edit)) &&
        isDeepStrictEqual(rest(after, paths), others);
      if (isExact) fidelity.reverted++;
      else fidelity.wrong.push(`${seed}: ${one.id} of ${paths.join()} after the edit ${edit.name}`);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function planOf(place: AgentPlace, advice: Recommendation, fidelity: Fidelity) {
  try {
    return await planApply(place, advice);
  } catch (error) {
    if (!(error instanceof RolecallError && /cannot be edited safely: set .+ by hand/.test(error.message)))
      throw error;
    fidelity.refused++;
    return undefined;
  }
}

function fill(cwd: string, random: Random): void {
  mkdirSync(join(cwd, ".claude/agents"), { recursive: true });
  const files = Array.from({ length: random.between(2, 8) }, () => random.pick(AGENTS));
  for (const { path, bytes } of files) write(cwd, path, bytes.toString("latin1"));
  const settings = random.pick(SETTINGS);
  if (settings !== undefined) write(cwd, LOCAL, settings);
  execFileSync("git", ["init", "-q"], { cwd });
}

/** At most one move of each agent, of the main session, of Explore, and a split. */
function drawMoves(cwd: string, random: Random): AdvicePatch[] {
  const names = [...new Set(agentsIn(cwd))];
  const routing = () => ({
    model: random.pick(["haiku", "sonnet", "opus", "claude-opus-4-8"]),
    ...(random.chance(0.6) && { effort: random.pick(["low", "medium", "high"] as const) }),
  });
  const moved = names.filter(() => random.chance(0.6)).map((name) => ({ agents: { [name]: routing() } }));
  const copied = names[0] ?? "";
  const split = {
    ...routing(),
    copyOf: {
      agent: copied,
      description: `Does the docs part of what ${copied} does. Use it instead of ${copied} for docs.`,
    },
  };
  const main = {
    model: random.pick(["sonnet", "opusplan"]),
    ...(random.chance(0.5) && { "modelSettings/claude-sonnet-5-5/effortLevel": "high" }),
    ...(random.chance(0.5) && { "env/CLAUDE_CODE_SUBAGENT_MODEL": "opus" }),
  };
  return [
    ...moved,
    ...(random.chance(0.7) ? [{ settings: main }] : []),
    ...(random.chance(0.3) ? [{ agents: { Explore: routing() } }] : []),
    ...(random.chance(0.3) ? [{ agents: { [`${copied}-docs`]: split } }] : []),
  ];
}

function adviceOf(id: string, policyPatch: AdvicePatch): Recommendation {
  const [agent = "main"] = Object.keys(policyPatch.agents ?? {});
  const counts = { accepted: 0, known: 0 };
  const times = { since: "2026-10-01T00:00:00Z", until: "2026-11-01T00:00:00Z" };
  return {
    id,
    kind: "lower-tier",
    subject: { role: agent, agent, category: null },
    current: null,
    proposed: null,
    evidence: { tasks: 0, sessions: 0, ...times, places: [], current: counts, proposed: counts },
    savingsUsdPerMonth: { low: 0, mid: 1, high: 2 },
    successChange: null,
    confidence: "try",
    basis: [],
    policyPatch,
    command: "",
  };
}

/** Says what is wrong after an apply: the keys that were named are those that changed, in one file, and have the values of the patch. */
function wrongAfterApply(
  before: Tree,
  after: Tree,
  keys: readonly AdviceKey[],
  { agents = {}, settings = {} }: AdvicePatch,
): string | undefined {
  const changed = Object.keys(after).filter((path) => before[path] !== after[path]);
  if (changed.length !== 1 || keys.some(({ path }) => path !== changed[0]))
    return `changed ${changed.join()}`;
  const [path = ""] = changed;
  const [old, now] = [valuesOf(before[path], path), valuesOf(after[path], path)];
  const differ = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => !isDeepStrictEqual(old[key], now[key]),
  );
  // The text below the front matter of a new file is named as well.
  const named = keys.map(({ key }) => key.join("/")).filter((key) => key !== "text");
  if (!isDeepStrictEqual(differ.toSorted(), named.toSorted()))
    return `named ${named.join()}, changed ${differ.join()}`;
  const [routing] = Object.values(agents);
  const wanted = routing
    ? { model: routing.model, ...(routing.effort && { effort: routing.effort }) }
    : settings;
  const isWritten = Object.entries(wanted).every(([key, value]) => now[key] === value);
  return isWritten ? undefined : `wrote ${JSON.stringify(now)}`;
}

/** Keys of front matter, or of settings down to their leaves. */
function valuesOf(text: string | undefined, path: string): Record<string, unknown> {
  if (text === undefined) return {};
  if (path.endsWith(".md")) return leavesOf(parseFrontMatter(Buffer.from(text, "latin1")).keys, "");
  return leavesOf(JSON.parse(text) as object, "");
}

function leavesOf(value: object, at: string): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]: [string, unknown]) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? leavesOf(inner, `${at}${key}/`)
        : { [`${at}${key}`]: inner },
    ),
  ) as Record<string, unknown>;
}

type Edit = (text: string | undefined, path: string, keys: readonly AdviceKey[]) => string | undefined;

const none: Edit = (text) => text;
/** Something else in the same file. */
const elsewhere: Edit = (text, path) => {
  if (text === undefined) return undefined;
  if (path.endsWith(".md")) return `${text}\nOne more line, model: fable.\n`;
  return JSON.stringify({ ...(JSON.parse(text) as object), mine: { a: [1, "x"] } }, null, 2);
};

/** A model of the user's own. */
const ownModel: Edit = (text, path) => {
  if (text === undefined) return undefined;
  if (path.endsWith(".json")) return JSON.stringify({ ...(JSON.parse(text) as object), model: OWN }, null, 2);
  const edited = editFrontMatter(Buffer.from(text, "latin1"), { model: OWN });
  return "file" in edited ? edited.file.toString("latin1") : text;
};
const OWN = "claude-fable-5";

function drawEdit(random: Random): Edit {
  return random.pick([none, none, elsewhere, elsewhere, ownModel]);
}

function revert(place: AgentPlace, id: string, byUndo: boolean): void {
  const undo = byUndo ? loadUndo(place) : undefined;
  if (undo) return void applyUndo(undo);
  const logged = readAdviceLog(place).find(({ decision }) => decision.recommendation.id === id);
  if (!logged) throw new Error(`${id} is not in the journal`);
  writeRevert(planRevert(logged), Date.UTC(2026, 10, 2));
}

/**
 * Byte for byte, except for values in JSON that the user wrote anew and in front matter whose model the user changed. Of a file that advice
 * made and the user edited, only what the user wrote has to be left.
 */
function isSame(after: string | undefined, wanted: string | undefined, path: string, edit: Edit): boolean {
  if (edit === none) return after === wanted;
  if (wanted === undefined) return path.endsWith(".md") ? after !== undefined : isOwn(valuesOf(after, path));
  if (path.endsWith(".md") && edit !== ownModel) return after === wanted;
  const [is, should] = [after, wanted].map((text) => valuesOf(text, path));
  return isDeepStrictEqual(is, should);
}

function isOwn(values: Record<string, unknown>): boolean {
  const keys = Object.entries(values);
  return keys.every(([key, value]) => key.startsWith("mine") || (key === "model" && value === OWN));
}

function write(cwd: string, path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text, "latin1");
}

/** Text of every file, by path, without the journal. */
function readAll(cwd: string): Tree {
  const paths = globSync("{.claude/**/*.md,.claude/*.json,*.yaml}", { cwd }).toSorted();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(cwd, path), "latin1")]));
}

/** Names of the agents that a folder has, in the order of their paths. */
function agentsIn(cwd: string): string[] {
  return readAgents([{ level: "project", root: cwd }]).agents.flatMap(({ name, description }) =>
    name !== undefined && description !== undefined ? [name] : [],
  );
}

function rest(tree: Tree, paths: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !paths.includes(path)));
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
