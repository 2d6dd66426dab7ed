// Writes fixtures/demo: four weeks of three made-up projects, for `--demo` and the README. The same on every run.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECTS } from "./demo/projects.js";
import { createSession } from "./demo/session.js";
import { createRandom } from "./demo/transcript.js";

const root = join(import.meta.dirname, "../fixtures/demo");
const random = createRandom(20_261_120);
const HAIKU = "claude-haiku-5-5";
const SONNET = "claude-sonnet-5-5";
const OPUS = "claude-opus-5-5";
const FABLE = "claude-fable-5-2";

const { shop, ledger, landing } = PROJECTS;
/** The shop leaves its reviewer and its explorer on the session's Opus; the ledger was given a cheaper set. */
const SET_UPS = {
  shop: { project: shop, model: OPUS, agentModels: { "test-writer": [SONNET] } },
  ledger: {
    project: ledger,
    model: SONNET,
    agentModels: { Explore: [HAIKU], "code-reviewer": [SONNET], "test-writer": [SONNET] },
  },
  landing: { project: landing, model: SONNET, agentModels: { Explore: [HAIKU], "code-reviewer": [SONNET] } },
};

let turn = 0;
/** The next piece of work of a project, in turn. */
const next = (project) => project.work[turn++ % project.work.length];

function open(name, day, hour, story) {
  const at = Date.parse(`${day}T${hour}Z`);
  const opusplan = story === "planned" && { model: SONNET };
  return createSession(random, { root, ...SET_UPS[name], ...opusplan, at });
}

/** What most sessions are made of. */
function ordinary(session, project) {
  const [first, second] = [next(project), next(project)];
  session.explore(first);
  session.build(first);
  session.review(first);
  session.repair(second);
  session.delegate([first, second]);
  session.commit();
}

const DAYS = [
  ["ledger", "2026-10-23", "08:12:00"],
  ["ledger", "2026-10-26", "13:05:00", "escalate"],
  ["shop", "2026-10-27", "09:31:00"],
  ["ledger", "2026-10-28", "08:47:00"],
  ["landing", "2026-10-29", "14:20:00"],
  ["ledger", "2026-10-30", "09:02:00", "rework"],
  ["shop", "2026-11-02", "10:14:00", "overloaded"],
  ["ledger", "2026-11-03", "08:33:00"],
  ["ledger", "2026-11-04", "13:41:00"],
  ["shop", "2026-11-05", "09:09:00"],
  ["landing", "2026-11-06", "15:02:00", "interrupt"],
  ["shop", "2026-11-09", "08:55:00", "planned"],
  ["ledger", "2026-11-10", "09:26:00", "escalate"],
  ["shop", "2026-11-11", "13:18:00"],
  ["ledger", "2026-11-11", "08:40:00"],
  ["shop", "2026-11-12", "09:47:00", "hard"],
  ["shop", "2026-11-13", "10:05:00"],
  ["landing", "2026-11-16", "14:33:00"],
  ["shop", "2026-11-17", "08:58:00", "compact"],
  ["shop", "2026-11-17", "13:36:00"],
  ["shop", "2026-11-18", "09:20:00", "fail"],
  ["ledger", "2026-11-19", "09:11:00"],
  ["shop", "2026-11-19", "13:24:00", "planned"],
  ["shop", "2026-11-20", "15:17:00"],
];

/** What is special about a session, told after its ordinary part. */
const STORIES = {
  escalate(session, project) {
    const work = next(project);
    const prompt = `Make ${work[0]} correct when two imports run at once; entries get lost at the moment.`;
    session.fail(work, prompt);
    session.switchTo(OPUS, "opus");
    session.build(work, { prompt });
    session.switchTo(SONNET, "sonnet");
    session.commit();
  },
  rework(session, project) {
    const work = next(project);
    session.build(work);
    session.correct(work);
    session.commit();
  },
  overloaded(session, project) {
    session.overloaded(next(project), SONNET);
    session.commit();
  },
  interrupt(session, project) {
    session.interrupt(next(project));
  },
  planned(session, project) {
    session.planned(next(project), OPUS, SONNET);
    session.commit();
  },
  hard(session, project) {
    const work = next(project);
    session.switchTo(FABLE, "fable");
    session.repair(work);
    session.switchTo(OPUS, "opus");
    session.commit();
  },
  compact(session, project) {
    session.compact();
    session.build(next(project));
    session.commit();
  },
  fail(session, project) {
    const work = next(project);
    session.fail(work, `Change ${work[0]} to whole cents everywhere.`);
  },
};

rmSync(root, { recursive: true, force: true });
let newest = 0;
for (const [name, day, hour, story] of DAYS) {
  const session = open(name, day, hour, story);
  const { project } = SET_UPS[name];
  ordinary(session, project);
  if (story) STORIES[story](session, project);
  newest = Math.max(newest, session.end());
}
writeFileSync(
  join(root, "README.md"),
  `# Demo transcripts\n\nMade up, by scripts/make-demo.js. What \`--demo\` takes for now: ${new Date(newest).toISOString()}.\n`,
);
process.stdout.write(`${new Date(newest).toISOString()}\n`);
