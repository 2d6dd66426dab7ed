import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFamily, type Effort } from "../../../src/domain/model.ts";
import type { ModelAtEffort, Recommendation } from "../../../src/domain/recommendation.ts";
import { TIER_MODELS } from "../../../src/models/catalogue.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { writeTranscripts } from "../transcripts.ts";
import type { LoopAdviser, LoopTally } from "./baselines.ts";
import { judgeForecast } from "./by-rows.ts";
import type { LoopRole, LoopWorld } from "./loop-world.ts";

interface Ended {
  id: string;
  verdict: "kept" | "reverted";
}

/** How the tool labels the kinds of work of a world. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  mechanical: ["docs", "refactoring", "git"],
  reasoning: ["debugging", "planning", "review"],
};

/** The whole tool: it reads transcripts, its command line is typed, and the files that it wrote decide what runs next. */
export function byCommandLine(world: LoopWorld): LoopAdviser {
  const home = mkdtempSync(join(tmpdir(), "rolecall-loop-"));
  const [claude, cwd] = [join(home, "claude"), join(home, "shop-api")];
  writeHome(world, claude, cwd);
  const env = { HOME: home, CLAUDE_CONFIG_DIR: claude, ROLECALL_DB: join(home, "rolecall.db") };
  const run = async (line: string, now: number) => {
    const { out, err, exit } = await runCli(line.split(" "), { cwd, env, now });
    if (exit !== 0) throw new Error(`rolecall ${line}: exit ${exit}\n${out}${err}`);
    return JSON.parse(out) as Record<string, never>;
  };
  const before = new Map<string, { files: ReadonlyMap<string, string>; one: Recommendation }>();
  const tally: { -readonly [Key in keyof LoopTally]: LoopTally[Key] } = {
    moves: 0,
    kept: [],
    forecasts: { usd: [0, 0], success: [0, 0] },
    fidelity: { applied: [0, 0], reverted: [0, 0] },
  };
  const settle = (id: string, verdict: Ended["verdict"], now: number) => {
    const { files, one } = before.get(id) ?? {};
    if (!files || !one) return;
    if (verdict === "reverted") return countReverted(tally, cwd, one, files);
    const role = world.roles.find(({ agent }) => agent === one.subject.agent);
    if (role && one.current && one.proposed)
      tally.kept = [...tally.kept, { role, from: one.current, to: runningOn(one.proposed), at: now }];
  };
  let round = 0;
  return {
    async advise(tasks, now) {
      writeTranscripts(claude, tasks, world.seed * 100 + round++);
      const impact = (await run("impact --json", now)) as unknown as {
        impacts: { id: string; verdict: string }[];
        endedTrials: Ended[];
      };
      for (const { id, verdict } of impact.endedTrials) settle(id, verdict, now);
      for (const { id } of impact.impacts.filter(({ verdict }) => verdict === "backfired")) {
        await run(`impact --revert ${id} --yes --json`, now);
        settle(id, "reverted", now);
        tally.moves++;
      }
      tally.moves += impact.endedTrials.filter(({ verdict }) => verdict === "reverted").length;
      const told = (await run("recommend --json", now)) as unknown as { recommendations: Recommendation[] };
      for (const one of told.recommendations) {
        if (one.confidence === "watch" || !one.policyPatch || !one.proposed) continue;
        const files = readTree(cwd);
        before.set(one.id, { files, one });
        await run(`recommend --apply ${one.id} --yes --json`, now);
        tally.moves++;
        countApplied(tally, cwd, one, files);
        judgeForecast(tally, world.roles, one, now);
      }
      const files = readTree(cwd);
      return (role) => assignmentIn(files, role);
    },
    tally: () => tally,
    close: () => rmSync(home, { recursive: true }),
  };
}

function countApplied(
  { fidelity }: LoopTally,
  cwd: string,
  { proposed, policyPatch, subject }: Recommendation,
  before: ReadonlyMap<string, string>,
): void {
  if (!fidelity || !proposed) return;
  const after = readTree(cwd);
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  const agent = Object.keys(policyPatch?.agents ?? {})[0] ?? "main";
  const now = assignmentOf(after, agent);
  const to = runningOn(proposed);
  fidelity.applied[1]++;
  if (changed.length === 1 && now.model === to.model && subject.agent !== null) fidelity.applied[0]++;
}

/** The file of the agent, or the settings, have the bytes of before. */
function countReverted(
  { fidelity }: LoopTally,
  cwd: string,
  { policyPatch }: Recommendation,
  before: ReadonlyMap<string, string>,
): void {
  if (!fidelity) return;
  const name = Object.keys(policyPatch?.agents ?? {})[0];
  const isMeant = (text: string | undefined, path: string) =>
    name === undefined ? path.endsWith("settings.local.json") : text?.includes(`name: ${name}\n`) === true;
  const after = readTree(cwd);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => isMeant(before.get(path), path) || isMeant(after.get(path), path),
  );
  fidelity.reverted[1]++;
  if (paths.every((path) => before.get(path) === after.get(path))) fidelity.reverted[0]++;
}

function writeHome({ roles }: LoopWorld, claude: string, cwd: string): void {
  for (const folder of [join(claude, "projects"), join(cwd, ".claude/agents")])
    mkdirSync(folder, { recursive: true });
  execFileSync("git", ["init", "-q"], { cwd });
  for (const { agent, file, start } of roles)
    if (agent === "main")
      writeFileSync(
        join(cwd, ".claude/settings.json"),
        `${JSON.stringify({ model: start.model, modelSettings: { [start.model]: { effortLevel: start.effort } } }, null, 2)}\n`,
      );
    else
      writeFileSync(
        join(cwd, `.claude/agents/${file}.md`),
        `---\nname: ${agent}\ndescription: Does the work of ${agent}.\nmodel: ${start.model}\neffort: ${start.effort}\n---\nYou do it.\n`,
      );
}

/** Text of the files that decide models, by path. */
function readTree(cwd: string): Map<string, string> {
  const agents = readdirSync(join(cwd, ".claude/agents")).map((name) => `.claude/agents/${name}`);
  const paths = [...agents, ".claude/settings.json", ".claude/settings.local.json", "rolecall.yaml"];
  return new Map(
    paths
      .filter((path) => existsSync(join(cwd, path)))
      .map((path) => [path, readFileSync(join(cwd, path), "utf8")]),
  );
}

/** What a role's work runs on by the files: a part of an agent's work on the agent that was split off for it. */
function assignmentIn(files: ReadonlyMap<string, string>, { agent, complexity }: LoopRole): ModelAtEffort {
  const parts = (LABELS[complexity] ?? []).map((label) => `${agent}-${label}`);
  const part = parts.find((name) => [...files.values()].some((text) => text.includes(`name: ${name}\n`)));
  return assignmentOf(files, part ?? agent);
}

function assignmentOf(files: ReadonlyMap<string, string>, agent: string): ModelAtEffort {
  if (agent === "main") return mainIn(files);
  const file = [...files.values()].find((text) => text.startsWith(`---\nname: ${agent}\n`));
  const at = (key: string) => new RegExp(`^${key}: (\\S+)$`, "m").exec(file ?? "")?.[1];
  const model = at("model");
  return model === undefined
    ? mainIn(files)
    : { model: exact(model), effort: (at("effort") ?? "medium") as Effort };
}

function mainIn(files: ReadonlyMap<string, string>): ModelAtEffort {
  const layers = [".claude/settings.local.json", ".claude/settings.json"].map(
    (path) =>
      JSON.parse(files.get(path) ?? "{}") as {
        model?: string;
        modelSettings?: Record<string, { effortLevel?: Effort }>;
      },
  );
  const model = exact(layers.find((layer) => layer.model)?.model ?? TIER_MODELS.opus);
  const effort = layers.map(({ modelSettings }) => modelSettings?.[model]?.effortLevel).find(Boolean);
  return { model, effort: effort ?? "medium" };
}

function runningOn(proposed: ModelAtEffort): ModelAtEffort {
  return { model: exact(proposed.model), effort: proposed.effort ?? "medium" };
}

function exact(model: string): string {
  if (model === "opusplan") return TIER_MODELS.sonnet;
  return isFamily(model) ? TIER_MODELS[model] : model;
}
