import { tierRank, type Tier } from "../../domain/model.ts";
import { roleOf } from "../../domain/policy.ts";
import { effectiveAgent } from "../../client/agent.ts";
import { calledName } from "../../agents/discover.ts";
import { toolName } from "../../agents/tools.ts";
import { type Examined, inAgent, type DoctorRule } from "../examined.ts";

/** Tools that only read. */
const READING: ReadonlySet<string> = new Set([
  "Read",
  "Grep",
  "Glob",
  "LS",
  "NotebookRead",
  "WebFetch",
  "WebSearch",
  "ToolSearch",
]);

/** Finds read-only agents without a model of their own if the session runs on Opus or above, at least while it plans. */
export const expensiveReaders: DoctorRule = ({ setup, loaded, around, facts, policy, sessionAgent }) =>
  setup.loading.flatMap((file) => {
    const agent = loaded.get(calledName(file));
    const readsOnly = file.tools?.length && file.tools.every((tool) => READING.has(toolName(tool)));
    if (!agent || agent.where !== file.path || !readsOnly || thinksHard(file.name, policy)) return [];
    const phases = (["default", "plan"] as const).map((mode) => {
      const inMode = { ...around, session: { ...around.session, mode } };
      return { mode, ...effectiveAgent(agent, {}, inMode, facts, sessionAgent) };
    });
    const inherited = phases.filter(({ sources }) => sources.some(decidedByParent));
    const expensive = inherited.find(({ model }) => isExpensive(facts.find(model)?.family));
    if (!expensive) return [];
    const when = expensive.mode === "plan" ? " while planning" : "";
    return [
      inAgent("expensive-reader", "warning", file, "model" in file.frontMatter.keys ? "model" : "name", {
        message: `${file.name} only reads, and inherits ${expensive.model}${when}.`,
        fix: "Write model: haiku, or give it to a role: rolecall adopt.",
      }),
    ];
  });

function decidedByParent({
  of,
  source,
  value,
  decides,
}: {
  of: string;
  source: string;
  value: string | null;
  decides: boolean;
}) {
  if (of !== "model" || !decides) return false;
  return source === "parent" || value?.trim().toLowerCase() === "inherit";
}

function isExpensive(tier: Tier | undefined): boolean {
  return tier !== undefined && tierRank(tier) >= tierRank("opus");
}

/** Read-only roles that need the expensive model. */
function thinksHard(name: string | undefined, policy: Examined["policy"]): boolean {
  const role = policy && name ? roleOf(policy, name) : undefined;
  return isExpensive(role?.tier);
}
