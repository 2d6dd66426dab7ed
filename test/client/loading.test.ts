import { afterEach, beforeAll, expect, it } from "vitest";
import { readAgents } from "../../src/agents/discover.ts";
import { applyPlan } from "../../src/operations/plan.ts";
import { loadAdoption } from "../../src/operations/adopt.ts";
import { wildFiles } from "../agents/wild.ts";
import { clientEnv, installClient, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";

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

it("the real client offers an agent of each wild file that rolecall says it loads, before and after adopting", async () => {
  sandbox = makeSandbox();
  for (const { path, bytes } of wildFiles(300)) sandbox.write(path, bytes);
  const { agents } = await readAgents([{ level: "project", root: sandbox.project }]);
  const readable = new Set(agents.filter(({ description }) => description).flatMap(({ name }) => name ?? []));
  expect(readable.size).toBeGreaterThan(250);

  expect(new Set(await offered(sandbox))).toEqual(readable);
  const env = clientEnv(sandbox, api as ScriptedApi);
  applyPlan(await loadAdoption({ cwd: sandbox.project, env }), Date.now());
  expect(new Set(await offered(sandbox))).toEqual(readable);
});
