import { FAMILIES, type Family, isFamily } from "../../domain/model.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { typoOf } from "../../domain/nearest.ts";
import { isOn } from "../../client/environment.ts";
import { PROVIDER_VARIABLES } from "../../client/providers.ts";
import { isLegacyOpus, withoutWindow } from "../../client/names.ts";
import { newerFamily, withoutHyphens } from "../../policy/newer-model.ts";
import { type Examined, inAgent, inEnvironment, inSettings, type DoctorRule } from "../examined.ts";

type NameProblem = Pick<Symptom, "code" | "severity" | "message" | "fix"> & {
  /** The intended name, if only one is possible. */
  meant?: string | undefined;
};

/** Finds unknown, retired and remapped names of models in agents, settings and variables. */
export const modelNames: DoctorRule = (examined) => [
  ...inAgents(examined),
  ...inFiles(examined),
  ...inVariables(examined),
];

function inAgents(examined: Examined): Symptom[] {
  return examined.setup.loading.flatMap((agent) => {
    const verdict =
      agent.model === undefined ? undefined : judge(agent.model, ["inherit", "best", "opusplan"], examined);
    if (!verdict) return [];
    const { code, severity, meant, ...details } = verdict;
    const repair = meant ? ({ kind: "front-matter", changes: { model: meant } } as const) : undefined;
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
      const { code, severity, meant, ...details } = verdict;
      const repair = meant && at[0] === "model" ? ({ kind: "json", at, value: meant } as const) : undefined;
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

/** Checks the value of an alias. Claude Code does not resolve it again: it sends another alias unchanged. */
function judgeBehindAlias(name: string, examined: Examined): Symptom[] {
  const value = examined.environment(name)?.value;
  const alias = value?.toLowerCase() ?? "";
  if (value === undefined || !isFamily(alias)) return judgeVariable(name, [], examined);
  return [
    inEnvironment("unknown-model", "error", examined, name, {
      message: `${name}: "${value}" is an alias, which Claude Code sends unchanged here instead of resolving it.`,
      fix: `Write the exact id, ${examined.facts.aliases[alias]}.`,
    }),
  ];
}

/** Returns the problem of a name; undefined if it has none. */
function judge(written: string, aliases: readonly string[], examined: Examined): NameProblem | undefined {
  const { facts, environment } = examined;
  const name = withoutWindow(written.trim());
  const lower = name.toLowerCase();
  if (isFamily(lower) || aliases.includes(lower)) return undefined;
  const known = facts.find(lower);
  if (isLegacyOpus(lower) && !isOn(environment("CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP")))
    return {
      code: "remapped-model",
      severity: "warning",
      message: `${name} does not run: Claude Code sends ${facts.aliases.opus} instead.`,
      fix: "Write the model that you want: opus, or another one.",
    };
  return known ? judgeAge(name, known, examined) : judgeUnknown(name, aliases, examined);
}

function judgeAge(
  name: string,
  { status, retires, family }: { status: string; retires?: string; family: Family },
  { facts, today }: Examined,
): NameProblem | undefined {
  if (status !== "retired" && status !== "deprecated") return undefined;
  const gone = status === "retired" || (retires !== undefined && retires <= today);
  return {
    code: "retired-model",
    severity: gone ? "error" : "warning",
    message: gone
      ? `${name} was retired${retires ? ` on ${retires}` : ""}: requests for it fail.`
      : `${name} retires${retires ? ` on ${retires}` : " soon"}.`,
    fix: `Write ${family}, which is ${facts.aliases[family]} today, or another model.`,
  };
}

function judgeUnknown(
  name: string,
  aliases: readonly string[],
  { facts, environment, policy }: Examined,
): NameProblem | undefined {
  if (newerFamily(name, facts)) {
    // A policy that maps a tier to it shows that the user knows it.
    if (Object.values(policy?.tiers ?? {}).includes(name)) return undefined;
    return {
      code: "newer-model",
      severity: "note",
      message: `${name} is newer than this version of rolecall, which knows neither its price nor its effort levels.`,
      fix: "Update rolecall, or name it in a price file (docs/prices.md).",
    };
  }
  const elsewhere = ["ANTHROPIC_BASE_URL", ...PROVIDER_VARIABLES].find((variable) => environment(variable));
  if (elsewhere)
    return {
      code: "unknown-model",
      severity: "note",
      message: `"${name}" is unknown to rolecall. Claude Code sends it unchanged to the service of ${elsewhere}.`,
      fix: null,
    };
  const meant = meaningOf(name, aliases, facts);
  const known = `${FAMILIES.join(", ")} or an exact id (rolecall models lists them)`;
  return {
    code: "unknown-model",
    severity: "error",
    message: `"${name}" is not a model of Claude Code. It is sent unchanged, and the request fails.`,
    fix: name === "default" ? "Remove the key, or write inherit." : `Write ${meant ?? known}.`,
    meant,
  };
}

/** Returns the only possible intended name: the same words in another spelling, or one typo away with the same numbers. */
function meaningOf(name: string, aliases: readonly string[], facts: Examined["facts"]): string | undefined {
  const inFull = `claude-${name
    .toLowerCase()
    .replace(/^claude[- ]/, "")
    .replaceAll(/[ ._]/g, "-")}`;
  const meant = facts.find(inFull)
    ? inFull
    : (withoutHyphens(inFull, facts) ?? typoOf(name, [...FAMILIES, ...aliases, ...facts.ids]));
  const status = meant === undefined ? undefined : facts.find(meant)?.status;
  return status === "retired" || isLegacyOpus(meant ?? "") ? undefined : meant;
}
