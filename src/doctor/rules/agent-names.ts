import type { AgentFile } from "../../agents/discover.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { loads } from "../../client/setup.ts";
import { inAgent, type Rule } from "../examined.ts";

/** Of agents with one name only one runs: which, is undefined in one folder and set by the level otherwise. */
export const agentNames: Rule = ({ setup }) => {
  const byName = Map.groupBy(setup.agents.filter(loads), (agent) => nameOf(agent));
  return [...byName.values()].flatMap(([first, ...others]) =>
    first ? others.flatMap((other) => clash(first, other)) : [],
  );
};

function nameOf({ name = "", plugin }: AgentFile): string {
  return plugin ? `${plugin}:${name}` : name;
}

function clash(first: AgentFile, other: AgentFile): Symptom[] {
  if (folderOf(first) === folderOf(other))
    return [
      inAgent("duplicate-agent", "error", other, "name", {
        message: `${first.path} is called ${first.name} as well; which of the two runs is chance.`,
        fix: "Rename or remove one.",
      }),
    ];
  return [
    inAgent("hidden-agent", "warning", other, "name", {
      message: `${other.name} of this level never runs here: ${first.path} hides it.`,
      fix: "Rename one, where both are wanted.",
    }),
  ];
}

/** The agents folder that a file belongs to, whatever sub-folder it is in. */
function folderOf({ path }: AgentFile): string {
  const at = path.search(/[\\/]agents[\\/](?!.*[\\/]agents[\\/])/);
  return at < 0 ? path : path.slice(0, at);
}
