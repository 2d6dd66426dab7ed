import { effectiveAgent } from "../client/agent.ts";
import { effectiveMain } from "../client/main.ts";
import { loadSkills, type Skill } from "../client/skills.ts";
import type { Setup } from "../client/setup.ts";
import type { AgentModel, Effective, Surroundings } from "../client/types.ts";
import { nearest } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import type { ModelFacts } from "../policy/model-facts.ts";
import type { Explanation } from "./explain.ts";

interface SkillScene {
  setup: Setup;
  agents: ReadonlyMap<string, AgentModel>;
  around: Surroundings;
  facts: ModelFacts;
  sessionAgent: AgentModel | undefined;
}

/** Explains a skill or command as somebody types it. Throws UsageError if none has the name. */
export function explainSkill(name: string, scene: SkillScene): Explanation {
  const skills = loadSkills(scene.setup);
  const skill = skills.get(name);
  if (!skill) {
    const meant = nearest(name, [...skills.keys()]);
    throw new UsageError(`explain: unknown skill "${name}"`, {
      hint: meant ? `Try ${meant}.` : "Expected the name of a skill or command; plugins' are plugin:name.",
    });
  }
  const { version } = scene.around;
  const shown = { agent: `skill:${name}`, where: skill.path, version };
  return { ...shown, ...(skill.fork === undefined ? inMainThread(skill, scene) : forked(skill, scene)) };
}

/** A typed skill sets the model of its turn. The Skill tool ignores the model. */
function inMainThread(skill: Skill, { around, facts, sessionAgent }: SkillScene): Effective {
  const { model, effort } = routingOf(skill);
  const session = effectiveMain(around, facts, sessionAgent);
  const withModel = model === undefined ? around : withSession(around, { model });
  const inTurn = effort === undefined ? withModel : withSession(withModel, { effort });
  const typed = effectiveMain(inTurn, facts, model === undefined ? sessionAgent : undefined);
  const sources = typed.sources.map((source) => {
    const own = source.source === "call" && (source.of === "model" ? model : effort) !== undefined;
    return own ? { ...source, source: "frontmatter" as const, where: skill.path } : source;
  });
  const byTool = `Called by the Skill tool it runs on ${session.model}: its model counts only when it is typed.`;
  return { ...typed, sources, notes: [...typed.notes, ...(model === undefined ? [] : [byTool])] };
}

/** A skill with `context: fork` is a sub-agent; its own model goes before its agent's. */
function forked(skill: Skill, { agents, around, facts, sessionAgent }: SkillScene): Effective {
  const name = skill.fork ?? "";
  const agent = agents.get(name) ?? { name, model: undefined, effort: undefined, where: skill.path };
  const effective = effectiveAgent(agent, routingOf(skill), around, facts, sessionAgent);
  const sources = effective.sources.map((source) =>
    source.source === "call" ? { ...source, source: "frontmatter" as const, where: skill.path } : source,
  );
  return { ...effective, sources, notes: [`It runs as a sub-agent of type ${name}.`, ...effective.notes] };
}

function routingOf({ model, effort }: Skill): Pick<Skill, "model" | "effort"> {
  return { model: model?.toLowerCase() === "inherit" ? undefined : model, effort };
}

function withSession(around: Surroundings, session: Partial<Surroundings["session"]>): Surroundings {
  return { ...around, session: { ...around.session, ...session } };
}
