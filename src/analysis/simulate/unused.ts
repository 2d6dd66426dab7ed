import type { Offered } from "../../domain/offered.ts";
import type { Patch } from "../../domain/simulation.ts";

/** Tools that sessions list and never call, by how they can be turned off. */
export interface UnusedTools {
  /** Skills and servers that settings hide, in all projects. */
  skills: readonly string[];
  servers: readonly string[];
  /** Plugins of which nothing was called: only a person can turn them off. */
  plugins: readonly string[];
  /** By project, the servers that only others call. */
  elsewhere: ReadonlyMap<string, readonly string[]>;
  /** Characters that leave the first prompt of a project. */
  sizeIn: (project: string) => { bySettings: number; byHand: number };
}

/** Finds what is listed in vain. */
export function findUnused(offered: readonly Offered[]): UnusedTools {
  const plugins = unusedPlugins(offered);
  const ofPlugin = (one: Offered) => plugins.some((plugin) => isOf(one, plugin));
  const isHidden = (one: Offered) =>
    one.allCalls === 0 &&
    !ofPlugin(one) &&
    (one.kind === "server" || (one.kind === "skill" && !one.name.includes(":")));
  const hidden = offered.filter(isHidden);
  const names = (wanted: Offered["kind"]) =>
    [...new Set(hidden.filter(({ kind }) => kind === wanted).map(({ name }) => name))].toSorted();
  const ownUse = offered.filter(
    ({ kind, calls, allCalls }) => kind === "server" && calls === 0 && allCalls > 0,
  );
  // Asked for every step.
  const sizes = new Map(
    [...Map.groupBy(offered, ({ project }) => project)].map(([project, own]) => [
      project,
      { bySettings: sizeOf(own.filter(isHidden)), byHand: sizeOf(own.filter(ofPlugin)) },
    ]),
  );
  return {
    skills: names("skill"),
    servers: names("server"),
    plugins,
    elsewhere: new Map(
      [...Map.groupBy(ownUse, ({ project }) => project)].map(([project, own]) => [
        project,
        own.map(({ name }) => name).toSorted(),
      ]),
    ),
    sizeIn: (project) => sizes.get(project) ?? NOTHING,
  };
}

const NOTHING = { bySettings: 0, byHand: 0 };

function sizeOf(offered: readonly Offered[]): number {
  return offered.reduce((sum, { size }) => sum + size, 0);
}

/** The plugins that list something and of which nothing was called, anywhere. */
function unusedPlugins(offered: readonly Offered[]): string[] {
  const names = new Set(
    offered.flatMap(({ kind, name }) => (kind !== "server" && name.includes(":") ? name.split(":", 1) : [])),
  );
  return [...names]
    .filter((plugin) => !offered.some((one) => isOf(one, plugin) && one.allCalls > 0))
    .toSorted();
}

function isOf({ kind, name }: Offered, plugin: string): boolean {
  return name.startsWith(kind === "server" ? `plugin_${plugin}_` : `${plugin}:`);
}

/** Returns what to write and to do so that nothing is listed in vain. */
export function patchUnused({ skills, servers, plugins, elsewhere }: UnusedTools): Patch[] {
  const values = {
    ...(skills.length > 0 && {
      // Hidden from the model; /name still runs it.
      skillOverrides: Object.fromEntries(skills.map((name) => [name, "user-invocable-only"])),
    }),
    ...(servers.length > 0 && { permissions: { deny: servers.map(ruleOf) } }),
  };
  const patches: Patch[] = [];
  if (Object.keys(values).length > 0) patches.push({ type: "settings", scope: "user", values });
  if (plugins.length > 0)
    patches.push({
      type: "manual",
      text: `Turn off with /plugin: ${plugins.join(", ")}. No skill, agent or server of ${plugins.length === 1 ? "it" : "them"} was called.`,
    });
  for (const [project, names] of elsewhere)
    patches.push({
      type: "manual",
      text: `In ${project}, which calls no tool of ${names.join(", ")}, add to .claude/settings.local.json: ${JSON.stringify({ permissions: { deny: names.map(ruleOf) } })}`,
    });
  return patches;
}

function ruleOf(server: string): string {
  return `mcp__${server}`;
}
