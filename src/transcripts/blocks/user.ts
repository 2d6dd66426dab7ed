import { contentName, SKILL_TOOL } from "../../domain/content-name.ts";
import type { TranscriptBlock, Trigger } from "../../domain/ledger-input.ts";
import { contentText, type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { plainSkill } from "../offered.ts";
import { type MeasuredBlock, measureBlock } from "./measured-block.ts";
import { attachmentSize, IMAGE_CHARACTERS, sizeOf } from "./sizes.ts";
import { markResumed, type Thread } from "./thread.ts";

/** Adds the blocks of a `user` entry: tool results, or what somebody or something said. */
export function readUser(entry: Fields, thread: Thread, line: number): void {
  const content = fieldsOf(entry["message"])["content"];
  const results = listOf(content)
    .map(fieldsOf)
    .filter(({ type }) => type === "tool_result");
  for (const result of results) addResult(measureBlock(result), thread, line);
  const size = sizeOf(content);
  const text = contentText(content);
  if (results.length > 0) {
    if (size.characters > 0) thread.add({ kind: "attachment", name: "note", size: size.characters, line });
    return;
  }
  addSaid(entry, text, size.characters, thread, line);
  addImages(size.images, thread, line);
}

/** Adds the result of a tool. */
export function addResult(result: MeasuredBlock | undefined, thread: Thread, line: number): void {
  if (result?.kind !== "result") return;
  const { id, size, images, text, failed } = result;
  const call = thread.pending.get(id);
  thread.pending.delete(id);
  thread.texts.add(text);
  const block: TranscriptBlock = {
    kind: "result",
    name: call?.name ?? "unknown",
    size: size + images * IMAGE_CHARACTERS,
    line,
  };
  if (call && call.target !== 0) block.target = call.target;
  if (failed) block.failed = true;
  thread.add(block);
}

function addImages(count: number, thread: Thread, line: number): void {
  if (count > 0) thread.add({ kind: "image", name: "", size: count * IMAGE_CHARACTERS, line });
}

function addSaid(entry: Fields, text: string, size: number, thread: Thread, line: number): void {
  const said = whatWasSaid(entry, text);
  if (said === "interrupted") thread.mark("interrupted", line);
  const isCommand = text.startsWith("<command-message>");
  if (said === "skill" || isCommand) thread.mark("skill", line);
  if (said === "prompt" || said === "summary") thread.texts.add(text);
  if (said === "prompt") noteMode(entry, thread, line);
  const name = contentName(said, skillOf(said, entry, thread));
  const block: TranscriptBlock = { kind: "attachment", name, size, line };
  if (said === "summary") block.kind = "summary";
  else if (isTrigger(said)) block.kind = "prompt";
  if (isTrigger(said)) block.trigger = said === "prompt" && entry["isSidechain"] === true ? "agent" : said;
  thread.add(block);
  if (isCommand) addCommand(text, thread, line);
}

/** Adds a skill that the user ran as a command: a call without a size, whose text comes in the next entry. */
function addCommand(text: string, thread: Thread, line: number): void {
  thread.command = plainSkill(/<command-name>([^<]*)/.exec(text)?.[1] ?? "");
  thread.add({ kind: "call", name: contentName(SKILL_TOOL, thread.command), size: 0, line });
}

/** Returns the skill whose text an entry of the client is; empty for other entries. */
function skillOf(said: Said, entry: Fields, { skills, command }: Thread): string {
  if (said === "skill") return skills.get(textOf(entry["sourceToolUseID"])) ?? "";
  return said === "note" && entry["isMeta"] === true ? command : "";
}

type Said = Trigger | "interrupted" | "skill" | "note" | "command";

const SAID: readonly (readonly [start: RegExp, said: Said])[] = [
  [/^\[Request interrupted/, "interrupted"],
  [/^<task-notification>/, "notification"],
  [/^<teammate-message/, "teammate"],
  [/^<[\w-]*monitor[\w-]*[ >]/, "monitor"],
  [/^This session is being continued from a previous conversation/, "summary"],
  [
    /^(?:Stop hook feedback|<local-command-|<bash-(?:input|stdout|stderr)|<system-reminder>|Caveat: The messages below)/,
    "note",
  ],
  [/^<command-name>/, "command"],
];

/** Returns the kind of a user entry without results: somebody's words, or something that the client put in. */
function whatWasSaid(entry: Fields, text: string): Said {
  if (entry["isCompactSummary"] === true) return "summary";
  const origin = textOf(fieldsOf(entry["origin"])["kind"]);
  if (origin === "task-notification") return "notification";
  const start = text.trimStart();
  const said = SAID.find(([pattern]) => pattern.test(start))?.[1];
  if (said) return said;
  if (entry["isMeta"] === true) return entry["sourceToolUseID"] === undefined ? "note" : "skill";
  if (origin !== "" && origin !== "human") return "notification";
  return "prompt";
}

const TRIGGERED: ReadonlySet<Said> = new Set(["prompt", "notification", "teammate", "monitor", "summary"]);

function isTrigger(said: Said): said is Trigger {
  return TRIGGERED.has(said);
}

function noteMode(entry: Fields, thread: Thread, line: number): void {
  const mode = textOf(entry["permissionMode"]);
  if (mode === "") return;
  if (thread.mode !== "" && thread.mode !== mode) thread.mark("mode", line);
  thread.mode = mode;
}

/** Attachments after which the tools or the system prompt may differ. */
const CHANGES_TOOLS = new Set(["deferred_tools_delta", "mcp_instructions_delta"]);

/** Adds an attachment; a queued message counts as what it says. */
export function readAttachment(entry: Fields, thread: Thread, line: number): void {
  const attachment = fieldsOf(entry["attachment"]);
  const type = textOf(attachment["type"]).slice(0, 60);
  if (type === "queued_command") return addQueued(attachment, thread, line);
  if (type.startsWith("hook_")) markResumed(textOf(attachment["hookName"]), thread, line);
  if (CHANGES_TOOLS.has(type)) thread.mark("tools", line);
  const size = attachmentSize(entry);
  if (type === "invoked_skills") addSkills(listOf(attachment["skills"]).map(fieldsOf), size, thread, line);
  else if (size > 0) thread.add({ kind: "attachment", name: type, size, line });
}

/** Adds the skills whose text the client repeats after a compaction, each with its share of the attachment. */
function addSkills(skills: readonly Fields[], size: number, thread: Thread, line: number): void {
  const lengths = skills.map(({ content }) => textOf(content).length);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  skills.forEach(({ name }, index) => {
    const own = all > 0 ? Math.round((size * (lengths[index] ?? 0)) / all) : 0;
    if (own === 0) return;
    const skill = contentName("invoked_skills", plainSkill(textOf(name)));
    thread.add({ kind: "attachment", name: skill, size: own, line });
  });
}

function addQueued(attachment: Fields, thread: Thread, line: number): void {
  const prompt = attachment["prompt"];
  const { characters, images } = sizeOf(prompt);
  const entry = { origin: attachment["origin"] };
  addSaid(entry, contentText(prompt), characters, thread, line);
  addImages(images, thread, line);
}
