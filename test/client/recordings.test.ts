import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAgentFile } from "../../src/agents/discover.ts";
import { agentOnWire, mainOnWire, type Situation } from "./surroundings.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

interface Recorded {
  mark?: string;
  kind?: string;
  model?: string;
  params?: { output_config?: { effort?: string } };
  last_user?: string;
}

function requestsOf(name: string): Recorded[] {
  const lines = readFileSync(join(RECORDINGS, name, "requests.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Recorded);
}

function agentsOf(name: string): Map<string, { model?: string; effort?: string }> {
  const folder = join(RECORDINGS, name, "project-dot-claude/agents");
  return new Map(
    readdirSync(folder).map((file) => {
      const path = join(folder, file);
      const {
        name: agent = "",
        model,
        effort,
      } = parseAgentFile(readFileSync(path), path, {
        level: "project",
        root: folder,
      });
      return [agent, { ...(model && { model }), ...(effort && { effort }) }];
    }),
  );
}

const wire = ({ model = "", params }: Recorded) => `${model} ${params?.output_config?.effort ?? "-"}`;

/** The call that a recorded sub-agent was made with: its prompt repeats it. */
function callOf({ last_user: prompt = "" }: Recorded): {
  subagent_type?: string;
  model?: string;
  effort?: string;
} {
  return JSON.parse(prompt.replace(/^Report as /, "")) as object;
}

describe.each([
  ["b-main-opus", {}],
  ["b-env-haiku", { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" }],
  ["b-env-haiku-force", { CLAUDE_CODE_SUBAGENT_MODEL: "haiku", CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" }],
])("%s", (name, env) => {
  const agents = agentsOf(name);
  const requests = requestsOf(name).filter(({ kind }) => kind === "sub");

  it("has the sub-agents of both runs", () => expect(requests.length).toBeGreaterThan(30));

  it.each(requests.map((request) => [request.last_user, request]))("%s", (_prompt, request) => {
    expect(agentSaid(agents, callOf(request), { model: "opus", env })).toBe(wire(request));
  });
});

describe.each([
  ["c-opusplan-flag", "opusplan"],
  ["c-sonnet-plan", "sonnet"],
])("%s", (name, model) => {
  const agents = agentsOf(name);
  const cases = situations(name, model);

  it("has both phases", () => expect(cases.length).toBeGreaterThan(20));

  it.each(cases)("$title", ({ request, situation }) => {
    const said =
      request.kind === "main" ? mainOnWire(situation) : agentSaid(agents, callOf(request), situation);
    expect(said).toBe(wire(request));
  });
});

function agentSaid(
  agents: ReturnType<typeof agentsOf>,
  { subagent_type: type = "general-purpose", ...call }: ReturnType<typeof callOf>,
  situation: Situation,
): string {
  return agentOnWire(agents.get(type) ?? type, situation, call);
}

/** The recorded requests with the phase that each was made in: the marks name it. */
function situations(name: string, model: string) {
  let mark = "";
  let afterBig = false;
  return requestsOf(name).flatMap((request, index) => {
    if (request.mark) {
      mark = request.mark;
      afterBig = false;
      return [];
    }
    if (request.kind !== "main" && request.kind !== "sub") return [];
    const situation: Situation = {
      // A resumed session does not remember that its model was opusplan.
      model: mark === "resume-no-model" ? "sonnet" : model,
      mode: mark.startsWith("plan") ? "plan" : "default",
      contextTokens: afterBig ? 250_000 : 0,
    };
    afterBig = mark === "plan-over-200k";
    return [{ title: `${index} ${mark}: ${request.kind} ${request.last_user ?? ""}`, request, situation }];
  });
}

it("every alias and odd name of f-resume-models goes out as recorded", () => {
  const wrong: string[] = [];
  let checked = 0;
  let mark = "";
  for (const request of requestsOf("f-resume-models")) {
    mark = request.mark ?? mark;
    if (request.kind !== "main" || !mark.startsWith("alias ")) continue;
    const said = mainOnWire({ model: mark.slice("alias ".length) });
    if (said !== wire(request)) wrong.push(`${mark}: ${said}, recorded ${wire(request)}`);
    checked++;
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(14);
});
