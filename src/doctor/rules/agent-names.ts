import { realpathSync } from "node:fs";
import { type AgentFile, calledName } from "../../agents/discover.ts";
import { agentFolder } from "../../client/same-name.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { inAgent, type DoctorRule } from "../examined.ts";

/** Finds agents with the same name. Only one runs: any of them within a folder, otherwise the one of the strongest level. */
export const agentNames: DoctorRule = ({ setup }) => {
  const byName = Map.groupBy(setup.loading, calledName);
  return [...byName.values()].flatMap(([first, ...others]) =>
    first ? others.flatMap((other) => clash(first, other)) : [],
  );
};

function clash(first: AgentFile, other: AgentFile): Symptom[] {
  if (realpathSync(first.path) === realpathSync(other.path)) return []; // links to one file
  if (agentFolder(first) === agentFolder(other))
    return [
      inAgent("duplicate-agent", "error", other, "name", {
        message: `${first.path} has the same name ${first.name}. Which of the two runs is undefined.`,
        fix: "Rename or remove one.",
      }),
    ];
  return [
    inAgent("hidden-agent", "warning", other, "name", {
      message: `${other.name} of this level never runs here: ${first.path} hides it.`,
      fix: "Rename one if you want both.",
    }),
  ];
}
