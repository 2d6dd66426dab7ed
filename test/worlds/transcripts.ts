import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nextTier } from "../../src/domain/model.ts";
import { createRandom, type Random } from "../../src/advice/statistics/random.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { type Assignment, Thread, type Usage } from "./thread.ts";
import type { WorldTask } from "./tasks.ts";

const CWD = "/home/dev/shop-api";
const PROJECT = "-home-dev-shop-api";
/** Tasks in a session at most. */
const SESSION_TASKS = 8;

/** Words of prompts by kind of work, as people write them. */
const WISHES: Record<WorldTask["categories"]["complexity"], readonly string[]> = {
  mechanical: [
    "Rename getItem to findItem in the # module and fix the imports.",
    "Format the # files and sort their imports.",
    "Write a commit message for the # change.",
  ],
  exploration: [
    "Where in the code is # handled, and what calls it?",
    "Find every place that reads the # settings and list them.",
  ],
  generative: [
    "Add an endpoint that lists the # of a customer.",
    "Write unit tests for the # module, edge cases first.",
    "Implement a function that validates the # form.",
  ],
  reasoning: [
    "Design how # should work across the services, with the trade-offs.",
    "There is a race condition in the # queue; find its cause and fix it.",
    "Plan the refactoring of # across all modules.",
  ],
};
const THINGS = [
  "cart",
  "order",
  "invoice",
  "refund",
  "stock",
  "voucher",
  "shipping",
  "session",
  "profile",
  "search",
];
const WRONG = [
  "No, that is wrong: the total is off now.",
  "That's not what I asked for, you missed the empty case.",
];
const ON = ["Great, thanks.", "Perfect.", "Thanks, that works."];

/** A task, with the run or prompt that did it again where it failed. */
type ShownTask = WorldTask & { redo?: WorldTask; planMode?: boolean };

/** Writes the tasks as Claude Code 2.1.329 would have, below a folder that looks like `~/.claude`. */
export function writeTranscripts(root: string, tasks: readonly ShownTask[], seed: number): void {
  const random = createRandom(seed * 13 + 5);
  const ordered = tasks.toSorted((a, b) => a.startedAt - b.startedAt);
  const usual = ordered.findLast(({ kind }) => kind === "turn") ?? ordered.at(-1);
  const relay = { model: usual?.models[0] ?? TIER_MODELS.sonnet, effort: usual?.effort };
  let session: ShownTask[] = [];
  ordered.forEach((task, i) => {
    session.push(task);
    const next = ordered[i + 1];
    // A session that just ends tells nothing of its last task.
    const ends = task.outcome === "unknown" || session.length >= SESSION_TASKS || !next;
    const paused = next && next.startedAt - task.startedAt > 6 * 3_600_000;
    if (!ends && !paused) return;
    writeSession(root, session, relay, random);
    session = [];
  });
}

function writeSession(root: string, tasks: readonly ShownTask[], relay: Assignment, random: Random): void {
  const first = tasks[0] as WorldTask;
  const main = new Thread(random, { cwd: CWD, at: first.startedAt });
  const folder = join(root, "projects", PROJECT);
  let greeting = "";
  for (const drawn of tasks) {
    const task = shown(drawn);
    main.moveTo(task.startedAt);
    const wish = wishFor(task, random);
    if (task.kind === "turn") greeting = turn(main, task, greeting + wish, random);
    else
      greeting = delegate(main, relay, task, greeting, wish, join(folder, main.session, "subagents"), random);
  }
  if (tasks.at(-1)?.outcome !== "unknown") small(main, relay, `${greeting}What is left to do?`);
  write(join(folder, `${main.session}.jsonl`), main.lines);
}

/** Not every outcome can be shown of every task: what only reads cannot be corrected, and above Fable there is nothing. */
function shown(task: ShownTask): ShownTask {
  if (task.redo) return task;
  const hidden =
    (task.outcome === "reworked" && task.kind === "agent-run" && task.filesTouched === 0) ||
    (task.outcome === "escalated" && !higher(task));
  return hidden ? { ...task, outcome: "failed" } : task;
}

/** A turn of the main thread; what the next prompt begins with says how it went. */
function turn(main: Thread, task: ShownTask, prompt: string, random: Random): string {
  const assignment = { model: task.models[0] ?? "", effort: task.effort };
  main.prompt(prompt);
  work(main, task, assignment, random);
  if (task.redo) return correct(main, task.redo, random);
  if (task.outcome !== "escalated") return opening(task, random);
  const above = higher(task) ?? "fable";
  main.command("/model", above);
  main.prompt(`${prompt} Try again.`);
  main.request(
    { model: TIER_MODELS[above], effort: "medium" },
    usageOf(task, 1),
    [text("Done.")],
    "end_turn",
  );
  return `${pick(ON, random)} `;
}

/** The user corrects what was done, and the main thread does it again. */
function correct(main: Thread, redo: WorldTask, random: Random): string {
  main.prompt(pick(WRONG, random));
  work(main, { ...redo, outcome: "accepted" }, { model: redo.models[0] ?? "", effort: redo.effort }, random);
  return `${pick(ON, random)} `;
}

/** A prompt that the main thread hands to an agent. */
function delegate(
  main: Thread,
  relay: Assignment,
  task: ShownTask,
  greeting: string,
  wish: string,
  folder: string,
  random: Random,
): string {
  main.prompt(greeting + wish);
  run(main, relay, task, wish, folder, random);
  if (task.outcome === "unknown") return "";
  const above = task.outcome === "escalated" ? higher(task) : undefined;
  if (task.redo && task.outcome === "escalated")
    run(main, relay, { ...task.redo, outcome: "accepted" }, wish, folder, random);
  else if (above)
    run(main, relay, { ...task, models: [TIER_MODELS[above]], outcome: "accepted" }, wish, folder, random);
  main.request(relay, SMALL, [text("The agent has reported.")], "end_turn");
  if (task.redo && task.outcome === "reworked") return correct(main, task.redo, random);
  return opening(task.redo ? { ...task, outcome: "accepted" } : task, random);
}

const SMALL: Usage = { input: 10, output: 60, cacheWrite5m: 200, cacheRead: 15_000 };

function run(
  main: Thread,
  relay: Assignment,
  task: WorldTask,
  wish: string,
  folder: string,
  random: Random,
): void {
  const { agent } = task;
  const callId = main.call(relay, SMALL, {
    description: wish.slice(0, 30),
    prompt: wish,
    subagent_type: agent,
  });
  const own = new Thread(random, { cwd: CWD, at: main.at, session: main.session, agent });
  const assignment = { model: task.models[0] ?? "", effort: task.effort };
  own.prompt(wish);
  work(own, task, assignment, random);
  const meta = {
    agentType: agent,
    description: wish.slice(0, 30),
    toolUseId: callId,
    spawnDepth: 1,
    model: assignment.model,
  };
  write(join(folder, `agent-${own.agentId}.jsonl`), own.lines);
  write(join(folder, `agent-${own.agentId}.meta.json`), [JSON.stringify(meta)]);
  main.moveTo(own.at);
  if (task.outcome !== "unknown") main.report(callId, own, assignment.model);
}

/** The requests of one task: reading, edits, a check, the answer. */
function work(
  thread: Thread,
  task: WorldTask,
  assignment: { model: string; effort: WorldTask["effort"] },
  random: Random,
): void {
  const steps = Math.max(1, task.requests);
  const usage = usageOf(task, steps);
  const edits = Math.min(task.filesTouched, steps - 2);
  for (let step = 0; step < steps - 1; step++) {
    const last = step === steps - 2;
    if (last && task.outcome === "failed") thread.bash(assignment, usage, "npm test", false);
    else if (last && task.verification === "passed") thread.bash(assignment, usage, "npm test", true);
    else if (step > 0 && step <= edits)
      thread.edit(assignment, usage, `${CWD}/src/${pick(THINGS, random)}${step}.ts`);
    else thread.read(assignment, usage, `${CWD}/src/${pick(THINGS, random)}.ts`);
  }
  if (task.outcome === "unknown" && task.kind === "agent-run") return;
  thread.request(assignment, usage, [text("That is done.")], "end_turn");
}

/** What each of so many equal requests uses. */
function usageOf({ tokens }: WorldTask, steps: number): Usage {
  const part = (count: number) => Math.round(count / steps);
  return {
    input: part(tokens.input),
    output: part(tokens.output),
    cacheWrite5m: part(tokens.cacheWrite5m),
    cacheRead: part(tokens.cacheRead),
  };
}

function small(main: Thread, relay: Assignment, prompt: string): void {
  main.prompt(prompt);
  main.request(relay, SMALL, [text("Nothing for now.")], "end_turn");
}

function opening(task: WorldTask, random: Random): string {
  if (task.outcome === "reworked") return `${pick(WRONG, random)} `;
  return random() < 0.3 ? `${pick(ON, random)} Now: ` : "";
}

function higher(task: WorldTask) {
  return task.startTier && nextTier(task.startTier);
}

function wishFor(task: WorldTask, random: Random): string {
  const wish = pick(WISHES[task.categories.complexity], random).replace("#", pick(THINGS, random));
  const words = Math.max(0, task.promptWords - wish.split(" ").length);
  const more = Array.from({ length: words }, () => pick(FILLER, random)).join(" ");
  return more ? `${wish} For context: ${more}.` : wish;
}

const FILLER =
  "the customer service asked for this because people ask about it every week and we have to keep up".split(
    " ",
  );

function text(words: string) {
  return { type: "text", text: words };
}

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}
