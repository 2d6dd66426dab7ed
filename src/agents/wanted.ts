import type { Effort } from "../domain/model.ts";
import type { Assignment, Policy } from "../domain/policy.ts";
import { InvalidInputError } from "../errors.ts";
import type { Json } from "./edit-json.ts";
import { renderBody, type Templates } from "./template.ts";

/** The agent file that the policy wants. */
export interface WantedAgent {
  name: string;
  role: string;
  description: string;
  tools: readonly string[] | undefined;
  model: string;
  effort: Effort | undefined;
  maxTurns: number | undefined;
  isolation: "worktree" | undefined;
  omitClaudeMd: boolean;
  /** Markdown. */
  body: string;
}

/** Returns the agents that a policy generates: one for each role, under the names of the built-in agents that it shadows if it has any. */
export function wantedAgents(policy: Policy, templates: Templates): WantedAgent[] {
  return [...policy.roles.values()]
    .filter(({ generated }) => generated)
    .flatMap((assignment) => {
      const { role, purpose, tools, model, effort, maxTurns, isolation, omitClaudeMd } = assignment;
      const routing = { model, effort, maxTurns, isolation, omitClaudeMd };
      const body = renderBody(assignment, policy, templates);
      return agentNames(assignment).map((name) => {
        return { name: fileNameOf(name, assignment), role, description: purpose, tools, body, ...routing };
      });
    });
}

/** Returns the names of a role's own agents. A role that shadows a built-in agent has no second one, which would only be listed twice. */
export function agentNames({ role, shadows }: Pick<Assignment, "role" | "shadows">): readonly string[] {
  return shadows.length > 0 ? shadows : [role];
}

/** Checks a name that becomes a file name: it must not leave the folder, start like a flag or look like a plugin's agent. */
function fileNameOf(name: string, { role }: Assignment): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  const expected = "letters, digits, - and _, starting with a letter or digit, at most 64";
  throw new InvalidInputError("the policy", [
    { key: `roles.${role}`, message: "not a name for an agent file", found: JSON.stringify(name), expected },
  ]);
}

/** Managed keys of an agent file; null is absent. */
export type AgentKeys = Readonly<Record<string, string | number | boolean | null>>;

/** Returns the keys of an agent's front matter in the order of a new file; null is absent. */
export function agentKeys(agent: WantedAgent): AgentKeys {
  return {
    name: agent.name,
    // Three dashes would end the front matter, even within a line.
    description: agent.description.replaceAll(/\s+/g, " ").replaceAll(/-{3,}/g, "—").trim(),
    tools: agent.tools ? agent.tools.join(", ") : null,
    model: agent.model,
    effort: agent.effort ?? null,
    maxTurns: agent.maxTurns ?? null,
    isolation: agent.isolation ?? null,
    omitClaudeMd: agent.omitClaudeMd || null,
  };
}

/** Returns the settings of a policy by their path, joined with `/`. rolecall manages no others. */
export function wantedSettings({ main }: Policy): Record<string, Json> {
  const perModel = Object.entries(main.modelSettings).flatMap(([id, settings]) =>
    Object.entries(settings).map(([key, value]): [string, Json] => [
      `modelSettings/${id}/${key}`,
      value as Json,
    ]),
  );
  return {
    model: main.model,
    // Always a list: Claude Code ignores the whole settings file if this is a string.
    ...(main.fallbackModel.length > 0 && { fallbackModel: [...main.fallbackModel] }),
    ...Object.fromEntries(perModel),
    ...Object.fromEntries(Object.entries(main.env).map(([key, value]) => [`env/${key}`, value])),
    ...(main.cache.main !== "auto" && { promptCacheTtl: main.cache.main }),
    ...(main.cache.agents !== "auto" && { subagentPromptCacheTtl: main.cache.agents }),
  };
}
