import { expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { explain } from "../../src/operations/explain.ts";
import { canMount, clientEnv, makeSandbox, runClient } from "../helpers/real-client.ts";
import { startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";
import { writeSetup } from "./setups.ts";

const VERSIONS = (process.env["VERSIONS"] ?? "2.1.329").split(",");
const RUNS = Number(process.env["RUNS"] ?? 6);
const PROMPT = "Go.";
const SEED = Number(process.env["SEED"] ?? 1);
/** Seeds that once showed a difference, with the version. */
const FAILED: readonly (readonly [seed: number, version: string])[] = [
  [8, "2.1.100"],
  [12, "2.1.100"],
  [188, "2.1.100"],
  [89, "2.1.250"],
  [135, "2.1.250"],
  [140, "2.1.329"],
];

const drawn = Array.from({ length: RUNS }, (_, run): [number, string] => [
  SEED + run,
  VERSIONS[run % VERSIONS.length] ?? "",
]);

it.each([...FAILED, ...drawn])("set-up %i runs on %s as explain says", async (seed, version) => {
  const sandbox = makeSandbox({ ".gitignore": ".claude\n" });
  const { cwd, managed, names, session } = writeSetup(sandbox, seed, canMount());
  const api = await startScriptedApi({ rules: callAll(names) });
  try {
    const flags = [
      ...(session.model ? ["--model", session.model] : []),
      ...(session.effort ? ["--effort", session.effort] : []),
    ];
    const options = { prompt: PROMPT, args: flags, cwd, version, ...(managed !== undefined && { managed }) };
    await runClient(sandbox, api, options);
    const sent: Record<string, string> = {};
    for (const { kind, model, effort, firstUser } of api.requests) {
      const name = /^You are ([^.]+)\./.exec(firstUser)?.[1] ?? "main";
      // A thread without tools looks like a request of the client's own.
      if (kind !== "side" || name !== "main") sent[name] ??= `${model} ${effort ?? "none"}`;
    }
    const first = api.requests.find(({ firstUser }) => firstUser === PROMPT);
    if (first) sent["main"] ??= `${first.model} ${first.effort ?? "none"}`;
    const said: Record<string, string> = {};
    const place = {
      cwd,
      env: clientEnv(sandbox, api),
      managedDir: managed ?? "/nonexistent",
      session,
      version,
    };
    // A main thread without the Agent tool calls nobody.
    const called = Object.keys(sent).length > 1 ? names : [];
    for (const name of ["main", ...called]) {
      const runs = await runOf({ ...place, name });
      if (runs) said[name] = runs;
    }
    expect(sent).toEqual(said);
  } finally {
    await api.stop();
    sandbox.remove();
  }
});

/** What explain says; undefined for an agent that does not exist or is refused. */
async function runOf(request: Parameters<typeof explain>[0]): Promise<string | undefined> {
  try {
    const { model, effort, refused } = await explain(request);
    return refused === undefined ? `${model} ${effort ?? "none"}` : undefined;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** The session calls every agent; an agent is known by its prompt, because older clients do not mark its requests. */
function callAll(names: readonly string[]): Rule[] {
  const blocks = names.map((name) => ({
    tool: "Agent",
    input: { description: name, prompt: `You are ${name}.`, subagent_type: name, run_in_background: false },
  }));
  return [
    { name: "agent", when: { firstUser: /^You are / }, reply: { blocks: [{ text: "Done." }] } },
    { name: "end", when: { toolResult: true }, reply: { blocks: [{ text: "All done." }] } },
    { name: "call", when: { kind: "main" }, reply: { blocks } },
  ];
}
