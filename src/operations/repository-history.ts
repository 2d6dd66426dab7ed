import { DAY_MS } from "../domain/calendar.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { guessRole } from "../agents/guess-role.ts";
import type { AgentFile } from "../agents/discover.ts";
import { countOutcomes } from "../analysis/fallbacks/tiers.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { type Policy, roleOf } from "../domain/policy.ts";
import type { Category } from "../domain/task.ts";
import { RolecallError } from "../errors.ts";
import type { IngestProgress } from "../history/ingest.ts";
import { readJudged } from "../history/judged.ts";
import { openHistory } from "../history/open-history.ts";
import { resolveWorkspace } from "../history/workspace.ts";

/** An agent that was called in a repository. */
export interface CalledAgent {
  agent: string;
  runs: number;
  costNano: NanoUsd;
  /** Share of the runs with a known outcome that were accepted; null if none is known. */
  successRate: number | null;
}

/** Runs of agents in a repository, from the transcripts. */
export interface RepositoryHistory {
  days: number;
  /** Most expensive first. */
  agents: readonly CalledAgent[];
  /** Roles that agent runs had, the most frequent first. */
  roles: readonly string[];
}

const DAYS = 90;

interface HistoryRequest {
  /** The repository; undefined for every project. */
  root: string | undefined;
  cwd: string;
  env: NodeJS.ProcessEnv;
  now: number;
  policy: Policy;
  /** Existing agents, for the roles of those that were called. */
  files: readonly AgentFile[];
  onProgress?: ((progress: IngestProgress) => void) | undefined;
}

/** Reads which agents were called in a repository; undefined if no transcript is about it or the history cannot be read now. */
export async function readRepositoryHistory(request: HistoryRequest): Promise<RepositoryHistory | undefined> {
  const { root, cwd, env, now, onProgress } = request;
  const { roots } = resolveWorkspace({}, env);
  if (!roots.some((folder) => existsSync(join(folder, "projects")))) return undefined;
  try {
    const history = await openHistory({ needs: "tasks", ...(onProgress && { onProgress }) }, env, cwd);
    try {
      const sessions = readJudged(history, { since: now - DAYS * DAY_MS, timezone: "UTC" });
      const own = sessions.filter(({ project }) => root === undefined || isWithin(project, root));
      const runs = own.flatMap(({ tasks }) => tasks).filter(({ kind }) => kind === "agent-run");
      return own.length === 0 ? undefined : summarize(runs, request);
    } finally {
      history.close();
    }
  } catch (thrown) {
    // A store in use or an invalid price file must not prevent the set-up of a project.
    if (thrown instanceof RolecallError) return undefined;
    throw thrown;
  }
}

function isWithin(project: string, root: string): boolean {
  return project === root || project.startsWith(`${root}/`);
}

function summarize(runs: readonly JudgedTask[], request: HistoryRequest): RepositoryHistory {
  const agents = [...Map.groupBy(runs, ({ agent }) => agent)]
    .map(([agent, group]) => calledAgent(agent, group))
    .sort((a, b) => b.costNano - a.costNano || (a.agent < b.agent ? -1 : 1));
  const counts = new Map<string, number>();
  for (const run of runs) {
    const role = roleOfRun(run, request);
    if (role !== undefined) counts.set(role, (counts.get(role) ?? 0) + 1);
  }
  const roles = [...counts].sort(([, a], [, b]) => b - a).map(([role]) => role);
  return { days: DAYS, agents, roles };
}

function calledAgent(agent: string, runs: readonly JudgedTask[]): CalledAgent {
  const { accepted, unknown } = countOutcomes(runs);
  const known = runs.length - unknown;
  return {
    agent,
    runs: runs.length,
    costNano: sum(runs.map(({ costNano }) => costNano)),
    successRate: known === 0 ? null : accepted / known,
  };
}

const BY_CATEGORY: Readonly<Partial<Record<Category, string>>> = {
  refactoring: "implementer",
  "code-generation": "implementer",
  debugging: "debugger",
  planning: "planner",
};

/** Returns the role of a run: that of its agent, or for the general-purpose agent that of the work's category. */
function roleOfRun({ agent, categories }: JudgedTask, { policy, files }: HistoryRequest): string | undefined {
  const known = roleOf(policy, agent);
  if (known) return known.role;
  const file = files.find(({ name }) => name === agent);
  if (file) return guessRole(file, policy)?.role;
  if (agent !== "general-purpose" && agent !== "claude") return undefined;
  const role = categories.complexity === "exploration" ? "explorer" : BY_CATEGORY[categories.category];
  return role !== undefined && policy.roles.has(role) ? role : undefined;
}
