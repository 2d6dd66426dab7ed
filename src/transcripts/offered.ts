import type { Offered } from "../domain/offered.ts";
import { type Fields, fieldsOf, listOf, textOf } from "./fields.ts";

/** A tool that a line of a transcript lists as offered. */
export type Listed = Pick<Offered, "kind" | "name" | "size">;

/** Attachments that name what is offered. */
export const LISTINGS: ReadonlySet<string> = new Set([
  "skill_listing",
  "agent_listing_delta",
  "deferred_tools_delta",
  "mcp_instructions_delta",
]);

/** Names that are written into settings have to be plain. */
const PLAIN_NAME = /^(?!__proto__$)[\w.:@/-]{1,100}$/;
const MOST_LISTED = 2_000;

/** Skills have names in small letters; those of plugins and folders begin with the name of these. */
const SKILL_NAME = /^(?=.{1,100}$)[a-z\d][\w-]*(?::[a-z\d][\w-]*)*$/;

/** Returns the name of a skill as it is kept: without its slash, and not at all if it is unusual. */
export function plainSkill(text: string): string {
  const name = text.trim().replace(/^\//, "");
  return SKILL_NAME.test(name) && name === name.toLowerCase() ? name : "other skill";
}

/** Returns the skill that the input of a call of `Skill` names. */
export function skillCalled(input: Fields): string {
  return textOf(input["skill"]) || textOf(input["command"]);
}

/** Returns what an entry lists, several lines of one name each. */
export function listedIn(entry: Fields): Listed[] {
  const attachment = fieldsOf(entry["attachment"]);
  return readListing(attachment)
    .slice(0, MOST_LISTED)
    .filter(({ name }) => PLAIN_NAME.test(name));
}

function readListing(attachment: Fields): Listed[] {
  const names = textsOf(attachment["addedNames"]);
  switch (attachment["type"]) {
    case "skill_listing":
      return skillsIn(textOf(attachment["content"]), new Set(textsOf(attachment["names"])));
    case "agent_listing_delta":
      return sized("agent", textsOf(attachment["addedTypes"]), textsOf(attachment["addedLines"]));
    case "deferred_tools_delta":
      return names.flatMap((tool): Listed[] => {
        const name = serverOf(tool);
        return name === undefined ? [] : [{ kind: "server", name, size: tool.length + 1 }];
      });
    case "mcp_instructions_delta":
      return sized("server", names.map(normalized), textsOf(attachment["addedBlocks"]));
    default:
      return [];
  }
}

function sized(kind: Offered["kind"], names: readonly string[], lines: readonly string[]): Listed[] {
  return names.map((name, index) => ({ kind, name, size: (lines[index] ?? "").length + 1 }));
}

/** A listing has one paragraph for each skill, `- name: description`; descriptions may hold lists. */
function skillsIn(content: string, names: ReadonlySet<string>): Listed[] {
  const skills: Listed[] = [];
  for (const paragraph of content.split(/\n(?=- )/)) {
    const name = /^- ([^\s:]+(?::[^\s:]+)*)(?::\s|\n|$)/.exec(paragraph)?.[1];
    const latest = skills.at(-1);
    if (name !== undefined && (names.size === 0 || names.has(name)))
      skills.push({ kind: "skill", name, size: paragraph.length + 1 });
    else if (latest) latest.size += paragraph.length + 1;
  }
  return skills;
}

/** Returns the MCP server of a tool; undefined for a tool of another kind. */
export function serverOf(tool: string): string | undefined {
  return /^mcp__(.+?)__/.exec(tool)?.[1];
}

/** Names of servers as they stand in names of tools. */
function normalized(server: string): string {
  return server.replaceAll(/[^\w-]/g, "_");
}

function textsOf(value: unknown): string[] {
  return listOf(value).map(textOf);
}

/** Returns the skills and agents that an answer calls. */
export function calledIn(entry: Fields): Pick<Offered, "kind" | "name">[] {
  // Clients up to 2.1.1xx echo the messages of an agent in the transcript of its parent.
  const echoed = fieldsOf(fieldsOf(entry["data"])["message"])["message"];
  return listOf(fieldsOf(entry["message"] ?? echoed)["content"])
    .map(fieldsOf)
    .flatMap((block): Pick<Offered, "kind" | "name">[] => {
      const input = fieldsOf(block["input"]);
      if (block["name"] === "Skill") return [{ kind: "skill", name: skillCalled(input) }];
      if (block["name"] === "Agent" || block["name"] === "Task")
        return [{ kind: "agent", name: textOf(input["subagent_type"]) }];
      return [];
    });
}
