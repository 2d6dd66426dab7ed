import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { recommend } from "../../src/advice/recommend.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { Recommendation } from "../../src/domain/recommendation.ts";
import { runCli } from "../helpers/run-cli.ts";
import type { WorldTask } from "./tasks.ts";
import { writeTranscripts } from "./transcripts.ts";
import type { World } from "./world.ts";

/** Who is asked for advice in a world, month after month. */
export interface Adviser {
  /** Advice at `now`, after these tasks have been done since the last time. */
  advise(tasks: readonly WorldTask[], now: number): Promise<readonly Recommendation[]>;
  /** The user has followed these, and where one was a trial, the trial was kept. */
  followed(recommendations: readonly Recommendation[], now: number): Promise<void>;
  close(): void;
}

/** The rules alone: they get the tasks as rows, which is some ten times faster. */
export function adviseOnRows(policy: Policy, days: number): Adviser {
  const advised = new Set<string>();
  return {
    advise: async (tasks, now) =>
      recommend(tasks, policy, { since: now - days * 86_400_000, until: now }, { advised }).recommendations,
    followed: async (kept) => kept.forEach(({ subject }) => advised.add(subject.role ?? "")),
    close: () => {},
  };
}

/** The whole tool: it reads transcripts of its own, and is spoken to by its command line. */
export function adviseByTool({ seed, roles }: World): Adviser {
  const home = mkdtempSync(join(tmpdir(), "rolecall-world-"));
  const [claude, cwd] = [join(home, "claude"), join(home, "shop-api")];
  for (const folder of [join(claude, "projects"), join(cwd, ".git")]) mkdirSync(folder, { recursive: true });
  for (const { agent } of roles) write(join(cwd, `.claude/agents/${agent}.md`), agent);
  const env = { HOME: home, CLAUDE_CONFIG_DIR: claude, ROLECALL_DB: join(home, "rolecall.db") };
  const run = async (line: string, now: number) => {
    const { out, err, exit } = await runCli(line.split(" "), { cwd, env, now });
    if (exit !== 0) throw new Error(`rolecall ${line}: exit ${exit}\n${out}${err}`);
    return out;
  };
  let month = 0;
  return {
    async advise(tasks, now) {
      writeTranscripts(claude, tasks, seed * 10 + month++);
      const told = JSON.parse(await run("recommend --json", now)) as { recommendations: Recommendation[] };
      return told.recommendations;
    },
    async followed(kept, now) {
      const tried = kept.filter(({ confidence }) => confidence === "try");
      if (kept.length > 0) await run(`recommend --apply ${idsOf(kept)} --yes`, now);
      if (tried.length > 0) await run(`impact --keep ${idsOf(tried)} --yes`, now);
    },
    close: () => rmSync(home, { recursive: true }),
  };
}

function idsOf(recommendations: readonly Recommendation[]): string {
  return recommendations.map(({ id }) => id).join(" ");
}

/** The agents that a user has, as files that say no model. */
function write(path: string, agent: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (agent !== "main")
    writeFileSync(path, `---\nname: ${agent}\ndescription: Does the work of ${agent}.\n---\nYou do it.\n`);
}
