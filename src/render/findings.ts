import type { InitAnswers, InitFindings } from "../operations/init.ts";
import type { RepositoryHistory } from "../operations/repository-history.ts";
import { formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { firstOf, plainLine } from "./text.ts";
import { wrapWide } from "./wrap.ts";

/** Renders what init found and proposes, in a few lines. */
export function renderFindings(findings: InitFindings, answers: InitAnswers, { width }: Surface): string {
  const { languages, clientVersion, environmentBeatsAgents, policyExists, policyPath, reach } = findings;
  const lines = [
    ["Repository", languages.join(", ") || "no build files"],
    ["Verify", answers.verify || "no command found"],
    ["Claude Code", clientVersion ?? "not on the PATH"],
    ["History", describeHistory(findings.history)],
    policyExists
      ? ["Policy", `${policyPath} exists and stays as it is`]
      : ["New agents", answers.roles.join(", ") || "none"],
  ];
  const old = environmentBeatsAgents
    ? "This Claude Code lets its environment beat every agent's model; 2.1.251 and newer do not. The policy allows for it.\n"
    : "";
  const table = lines.map(([what = "", found = ""]) => `${what.padEnd(12)} ${plainLine(found)}\n`).join("");
  return wrapWide(`${table}${old}${reach === undefined ? "" : `${plainLine(reach)}\n`}\n`, width);
}

const MOST_NAMED = 3;

function describeHistory(history: RepositoryHistory | undefined): string {
  if (!history) return "none of this repository";
  const { days, agents } = history;
  if (agents.length === 0) return `no agent was called in the last ${days} days`;
  const named = agents.map(({ agent, runs, costNano, successRate }) => {
    const success = successRate === null ? "" : `, ${Math.round(successRate * 100)}% accepted`;
    return `${agent} (${runs} ${runs === 1 ? "run" : "runs"}, ${formatUsd(costNano)}${success})`;
  });
  return `${firstOf(named, MOST_NAMED)} in the last ${days} days`;
}

/** Returns the same for programs. */
export function findingsJson({ languages, verify, clientVersion, reach, history }: InitFindings): object {
  return {
    languages,
    verify: verify ?? null,
    clientVersion: clientVersion ?? null,
    reach: reach ?? null,
    history: history
      ? {
          days: history.days,
          roles: history.roles,
          agents: history.agents.map(({ costNano, ...agent }) => ({ ...agent, costUsd: costNano / 1e9 })),
        }
      : null,
  };
}
