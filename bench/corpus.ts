import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Entry, type Era, ERAS, type Thread } from "./corpus-lines.ts";
import { type AgentHabit, type CorpusFile, createSession, type Truth } from "./corpus-session.ts";
import { createRandom, createTexts } from "./random.ts";

/** What to make up; the same options make the same corpus. */
export interface CorpusOptions {
  seed: number;
  projects: number;
  sessions: number;
  bytes: number;
  /** Many small ones where nothing else is said. */
  agents?: AgentHabit;
}

const MANY_AGENTS: AgentHabit = { share: 0.2, bytes: 8000 };

const FIRST_DAY = Date.UTC(2026, 8, 1);
const DAYS = 80;
const HOUR_MS = 3_600_000;

/** Makes up sessions one after the other, as pieces of text, and counts what they come to. */
export function* makeSessions(options: CorpusOptions): Generator<CorpusFile[], Truth> {
  const random = createRandom(options.seed);
  const texts = createTexts(random);
  const truth: Truth = { byModelAndDay: {}, bySession: {}, byAgent: {} };
  const folders = Array.from(
    { length: options.projects },
    (_, index) => `/home/dev/${random.pick(["shop", "web.app", "Übung"])}-${index}`,
  );
  const weights = Array.from({ length: options.sessions }, () => Math.min(30, random.logNormal(1, 1.1)));
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const finished: { thread: Thread; lines: Entry[]; end: number }[] = [];
  for (const [index, own] of weights.entries()) {
    const era = ERAS[Math.floor((index * ERAS.length) / weights.length)] as Era;
    const cwd = random.pick(folders);
    const thread: Thread = {
      era,
      session: random.uuid(),
      cwd,
      branch: random.pick(["main", "fix/1"]),
      nickname: random.letters(12),
    };
    let start = FIRST_DAY + (index / weights.length) * DAYS * 24 * HOUR_MS + random.between(0, 20) * HOUR_MS;
    const session = createSession(thread, random, texts, truth, options.agents ?? MANY_AGENTS);
    const parent = random.chance(0.12) ? finished.findLast((one) => one.thread.era === era) : undefined;
    if (parent) {
      session.copy(parent.lines, parent.thread);
      start = parent.end + HOUR_MS;
    }
    session.run(start, (own / weight) * options.bytes);
    finished.push({ thread, lines: session.firstLines(), end: session.end() });
    yield session.files();
  }
  return truth;
}

/** The whole corpus in a folder, with `truth.json`. */
export function writeCorpus(folder: string, options: CorpusOptions): Truth {
  const sessions = makeSessions(options);
  let step = sessions.next();
  for (; !step.done; step = sessions.next())
    for (const { path, text } of step.value) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  writeFileSync(join(folder, "truth.json"), JSON.stringify(step.value, null, 1));
  return step.value;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      seed: { type: "string", default: "1" },
      projects: { type: "string", default: "24" },
      sessions: { type: "string", default: "700" },
      "size-mb": { type: "string", default: "1000" },
    },
  });
  if (values.out === undefined) throw new Error("--out FOLDER says where to write");
  const { seed, projects, sessions, "size-mb": megabytes } = values;
  writeCorpus(values.out, {
    seed: Number(seed),
    projects: Number(projects),
    sessions: Number(sessions),
    bytes: Number(megabytes) * 1e6,
  });
}
