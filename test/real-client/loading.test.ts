import { afterEach, beforeAll, expect, it } from "vitest";
import { readAgents } from "../../src/agents/discover.ts";
import { applyPlan } from "../../src/agents/load-plan.ts";
import { loadAdoption } from "../../src/operations/adopt.ts";
import { wildFiles } from "../agents/wild.ts";
import { clientEnv, installClient, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { explain } from "../../src/operations/explain.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { callEach, sentBy } from "./calls.ts";

let sandbox: Sandbox | undefined;
let api: ScriptedApi | undefined;

beforeAll(async () => void (await installClient()));
afterEach(async () => {
  await api?.stop();
  sandbox?.remove();
});

/** Names, of those that end in a number, of the agents that the client offers to the model. */
async function offered(place: Sandbox): Promise<string[]> {
  api = await startScriptedApi({ keepBodies: true });
  await runClient(place, api, { prompt: "Hello" });
  const said = api.requests.map(({ body }) => JSON.stringify(body)).join("\n");
  await api.stop();
  return [...said.matchAll(/\\n- ([^:\\"]+-\d+): /g)].map(([, name = ""]) => name);
}

it("the real client offers an agent of each wild file that rolecall says it loads, before and after adopting, and runs them as explain says", async () => {
  sandbox = makeSandbox();
  for (const { path, bytes } of wildFiles(300)) sandbox.write(path, bytes);
  const { agents } = readAgents([{ level: "project", root: sandbox.project }]);
  const readable = new Set(agents.filter(({ description }) => description).flatMap(({ name }) => name ?? []));
  expect(readable.size).toBeGreaterThan(250);

  expect(new Set(await offered(sandbox))).toEqual(readable);
  const env = clientEnv(sandbox, api as ScriptedApi);
  sandbox.write("rolecall.yaml", "version: 1\n");
  applyPlan(await loadAdoption({ cwd: sandbox.project, env }), Date.now());
  expect(new Set(await offered(sandbox))).toEqual(readable);

  // As many as the client starts at once, those with odd front matter first.
  const odd = (name = "") => agents.find((agent) => agent.name === name)?.frontMatter.reading === "lenient";
  const asked = [...readable].toSorted((a, b) => Number(odd(b)) - Number(odd(a))).slice(0, 18);
  expect(asked.filter(odd).length).toBeGreaterThan(5);
  api = await startScriptedApi({ rules: callEach(asked) });
  await runClient(sandbox, api, { prompt: "Go." });
  const place = { cwd: sandbox.project, env };
  const said = await Promise.all(asked.map((name) => explain({ ...place, name })));
  const { main: _session, ...sent } = sentBy(api);
  expect(sent).toEqual(
    Object.fromEntries(said.map(({ agent, model, effort }) => [agent, `${model} ${effort ?? "none"}`])),
  );
});
