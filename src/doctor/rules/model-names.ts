import { FAMILIES, isFamily } from "../../domain/model.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { nearest } from "../../domain/nearest.ts";
import { isOn } from "../../client/environment.ts";
import { isLegacyOpus, withoutWindow } from "../../client/names.ts";
import { loads } from "../../client/setup.ts";
import { type Examined, inAgent, inEnvironment, inSettings, type Rule } from "../examined.ts";

type Verdict = Pick<Symptom, "code" | "severity" | "message" | "fix"> & { better?: string };

/** Names of models wherever Claude Code takes one. */
export const modelNames: Rule = (examined) => [
  ...inAgents(examined),
  ...inFiles(examined),
  ...inVariables(examined),
];

function inAgents(examined: Examined): Symptom[] {
  return examined.setup.agents.filter(loads).flatMap((agent) => {
    const verdict =
      agent.model === undefined ? undefined : judge(agent.model, ["inherit", "best", "opusplan"], examined);
    if (!verdict) return [];
    const { code, severity, better, ...details } = verdict;
    const repair = better ? ({ kind: "front-matter", changes: { model: better } } as const) : undefined;
    return [inAgent(code, severity, agent, "model", { ...details, ...(repair && { repair }) })];
  });
}

const SESSION = ["best", "opusplan"];

function inFiles(examined: Examined): Symptom[] {
  return examined.setup.settings.flatMap((file) => {
    const { model, fallbackModel } = file.json ?? {};
    const chain = Array.isArray(fallbackModel) ? fallbackModel : [];
    const places: [at: string[], name: unknown, aliases: string[]][] = [
      [["model"], model, SESSION],
      ...chain.map((name): [string[], unknown, string[]] => [
        ["fallbackModel"],
        name,
        [...SESSION, "default"],
      ]),
    ];
    return places.flatMap(([at, name, aliases]) => {
      const verdict = typeof name === "string" ? judge(name, aliases, examined) : undefined;
      if (!verdict) return [];
      const { code, severity, better, ...details } = verdict;
      const repair = better && at[0] === "model" ? ({ kind: "json", at, value: better } as const) : undefined;
      return [inSettings(code, severity, file, at, { ...details, ...(repair && { repair }) })];
    });
  });
}

function inVariables(examined: Examined): Symptom[] {
  const places: [name: string, aliases: string[]][] = [
    ["ANTHROPIC_MODEL", SESSION],
    ["CLAUDE_CODE_SUBAGENT_MODEL", ["inherit", ...SESSION]],
  ];
  const named = places.flatMap(([name, aliases]) => judgeVariable(name, aliases, examined));
  const behindAliases = FAMILIES.map((family) => `ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`);
  return [...named, ...behindAliases.flatMap((name) => judgeBehindAlias(name, examined))];
}

function judgeVariable(name: string, aliases: readonly string[], examined: Examined): Symptom[] {
  const found = examined.environment(name);
  const verdict = found && judge(found.value, aliases, examined);
  if (!verdict) return [];
  const { code, severity, message, fix } = verdict;
  return [inEnvironment(code, severity, examined, name, { message: `${name}: ${message}`, fix })];
}

/** What stands behind an alias is not looked up again: an alias there goes out as it stands. */
function judgeBehindAlias(name: string, examined: Examined): Symptom[] {
  const value = examined.environment(name)?.value;
  if (value === undefined || !isFamily(value.toLowerCase())) return judgeVariable(name, [], examined);
  return [
    inEnvironment("unknown-model", "error", examined, name, {
      message: `${name}: “${value}” is an alias, and is sent as it stands instead of being looked up.`,
      fix: `Write the exact id, ${examined.facts.aliases[value.toLowerCase() as keyof typeof examined.facts.aliases]}.`,
    }),
  ];
}

function judge(
  written: string,
  aliases: readonly string[],
  { facts, environment, today }: Examined,
): Verdict | undefined {
  const name = withoutWindow(written.trim());
  const lower = name.toLowerCase();
  if (isFamily(lower) || aliases.includes(lower)) return undefined;
  const known = facts.find(lower);
  if (isLegacyOpus(lower) && !isOn(environment("CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP")))
    return {
      code: "remapped-model",
      severity: "warning",
      message: `${name} is not what runs: Claude Code sends ${facts.aliases.opus} instead.`,
      fix: "Write opus, or another model.",
      better: "opus",
    };
  if (!known) {
    const inFull = `claude-${lower.replace(/^claude[- ]/, "").replaceAll(/[ .]/g, "-")}`;
    const meant = facts.find(inFull) ? inFull : nearest(name, [...FAMILIES, ...aliases, ...facts.ids]);
    return {
      code: "unknown-model",
      severity: "error",
      message: `“${name}” is no model that Claude Code knows; it is sent as it stands, and the request fails.`,
      fix: meant
        ? `Write ${meant}.`
        : `Write ${FAMILIES.join(", ")} or an exact id (rolecall models lists them).`,
      ...(meant && { better: meant }),
    };
  }
  const { status, retires, family } = known;
  if (status !== "retired" && status !== "deprecated") return undefined;
  const gone = status === "retired" || (retires !== undefined && retires <= today);
  return {
    code: "retired-model",
    severity: gone ? "error" : "warning",
    message: gone
      ? `${name} is retired${retires ? ` since ${retires}` : ""}: requests for it fail.`
      : `${name} retires${retires ? ` on ${retires}` : " soon"}.`,
    fix: `Write ${family}, which is ${facts.aliases[family]} today.`,
  };
}
