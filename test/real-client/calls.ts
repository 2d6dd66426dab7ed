import type { ScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

/** What each request carried, by who asked: the model and the effort on the wire. */
export type Wire = Record<string, string>;

/** The session calls every agent at once; each answers with its name. */
export function callEach(agents: readonly string[]): Rule[] {
  const blocks = agents.map((name) => ({
    tool: "Agent",
    input: { description: name, prompt: `You are ${name}.`, subagent_type: name, run_in_background: false },
  }));
  return [
    { name: "agent", when: { kind: "sub" }, reply: { blocks: [{ text: "Done." }] } },
    { name: "end", when: { kind: "main", toolResult: true }, reply: { blocks: [{ text: "All done." }] } },
    { name: "call", when: { kind: "main" }, reply: { blocks } },
  ];
}

/** The first request of each that was answered. */
export function sentBy({ requests }: ScriptedApi): Wire {
  const wire: Wire = {};
  for (const { kind, model, effort, firstUser, answered } of requests) {
    const name = kind === "main" ? "main" : /You are ([^.]+)\./.exec(firstUser)?.[1];
    if (kind !== "side" && name && answered.status === 200) wire[name] ??= `${model} ${effort ?? "none"}`;
  }
  return wire;
}

/** Returns a transcript with all of its times two hours earlier: the cache is cold by then. */
export function twoHoursAgo(text: string): string {
  return text.replaceAll(/"timestamp":"([^"]+)"/g, (_, at: string) => {
    return `"timestamp":"${new Date(Date.parse(at) - 7_200_000).toISOString()}"`;
  });
}
