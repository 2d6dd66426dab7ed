import type { RequestContext } from "../domain/file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import { type Glance, glance, tailOf, utf8, withoutContent } from "./fast-path.ts";
import { isResultNeeded, isToolNeeded } from "./needs.ts";
import type { RequestEntry } from "./request.ts";
import { type Difference, type Field, learnShape, type Shape } from "./shape.ts";
import { addHead, addTail, addTool, forgetShapes, setCommon, setContext, TOOL_CLASS } from "./teach.ts";
import { bytes, record, renewContexts, ROLE, settle, SLOT, textAt, TODO, type Todo } from "./walker.ts";

/** What learning needs to know of what lines mean. */
export interface Meaning {
  /** The request of an answer without its content. */
  requestOf: (entry: Record<string, unknown>) => RequestEntry | undefined;
  /** What lines that begin like this are for the walker; undefined for those that have to be parsed. */
  isFor: (seen: Glance) => number | undefined;
  contextIndex: (context: RequestContext) => number;
}

/**
 * Does what the walker asks for, and lets it go on with the line: lines like one that was parsed with care are known from then
 * on, in this file and the next ones. Returns what is to be done then; `parse` where there was nothing to learn.
 */
export function learn(todo: Todo, meaning: Meaning): Todo {
  if (todo === TODO.meet) return meet(meaning);
  if (todo === TODO.meetClosing) return meetClosing(meaning);
  if (todo === TODO.tellContext) return tellContext(meaning);
  const tool = textAt(SLOT.toolName);
  return todo === TODO.meetTool && addTool(tool, classOf(tool)) ? settle() : TODO.parse;
}

function classOf(tool: string): number {
  if (isResultNeeded(tool)) return TOOL_CLASS.awaited;
  return isToolNeeded(tool) ? TOOL_CLASS.needed : TOOL_CLASS.light;
}

/** Closing parts of answers that may be taken as they are, by address. */
const closings = new Map<number, Closing>();

/** With the head before it a closing part says all of a request's context but what is common and the stop reason. */
interface Closing {
  context: RequestContext;
  /** Whether the stop reason is one of the things that differ. */
  hasStop: boolean;
  /** The fields of the context that are common texts, each with the number of its text. */
  common: readonly (readonly [field: keyof RequestContext, index: number])[];
}

/** A session that changes over and over has more shapes than there is room for. */
function startOver(): void {
  forgetShapes();
  closings.clear();
}

function meet(meaning: Meaning): Todo {
  const seen = glance(bytes, at(SLOT.start), at(SLOT.end));
  const is = seen && meaning.isFor(seen);
  if (!seen || is === undefined) return TODO.parse;
  const common = commonIn(seen.text);
  if (adopt(common)) {
    const todo = settle();
    if (todo !== TODO.meet) return todo;
  }
  const shape = learnShape(seen.text, (field) => differsInHead(field, common));
  if (!addHead(is, shape)) {
    startOver();
    addHead(is, shape);
  }
  const todo = settle();
  return todo === TODO.meet ? TODO.parse : todo;
}

function meetClosing(meaning: Meaning): Todo {
  const text = tailOf(bytes, at(SLOT.behind), at(SLOT.end));
  if (text === undefined) return TODO.parse;
  const common = commonIn(text);
  if (adopt(common)) {
    const todo = settle();
    if (todo !== TODO.meetClosing) return todo;
  }
  const headText = bytes.toString("latin1", at(SLOT.start), at(SLOT.behind));
  const entry = withoutContent(headText, text);
  const request = entry?.["type"] === "assistant" ? meaning.requestOf(entry) : undefined;
  if (!request || request.parts.length > 0) return TODO.parse;
  const learned = learnTail(text, common);
  const closing =
    learned && closingOf(request.context, new Map([...commonIn(headText), ...common]), learned.hasStop);
  if (!closing) return TODO.parse;
  const tail = addTail(at(SLOT.head), learned.shape, learned.isSplit);
  if (tail === undefined) startOver();
  const todo = settle();
  if (todo !== TODO.tellContext || at(SLOT.tail) !== tail || !isAsParsed(request, learned.isSplit))
    return TODO.parse;
  closings.set(tail, closing);
  return tellContext(meaning);
}

function tellContext({ contextIndex }: Meaning): Todo {
  const tail = at(SLOT.tail);
  const closing = closings.get(tail);
  const stop = textAt(SLOT.stop);
  if (!closing) return TODO.parse;
  const common = closing.common.map(([field, index]) => [field, utf8(commons[index] as string)]);
  const own = closing.hasStop ? { stop } : {};
  const context = { ...closing.context, ...Object.fromEntries(common), ...own } as RequestContext;
  return setContext(tail, stop, contextIndex(context)) ? settle() : TODO.parse;
}

const at = (slot: number): number => record[slot] as number;

/** Fields that are the same in most lines of a session, and where they stand in a request's context. */
const COMMON: ReadonlyMap<string, { index: number; field: keyof RequestContext }> = new Map(
  (
    [
      ["sessionId", "session"],
      ["cwd", "cwd"],
      ["gitBranch", "branch"],
      ["version", "version"],
      ["slug", "nickname"],
      ["agentId", "agentId"],
      ["attributionAgent", "agentType"],
    ] as const
  ).map(([name, field], index) => [name, { index, field }]),
);
const FIELD_AT = [...COMMON.values()].map(({ field }) => field);
const COMMON_FIELD =
  /"(sessionId|requestSessionId|cwd|gitBranch|version|slug|agentId|attributionAgent)":"([^"\\]*)"/g;
const LONGEST_COMMON = 512;

/** What the walker holds lines against now, by number (Latin-1). */
const commons: string[] = [];

/**
 * The common fields of a line; not empty ones, which mean something else, nor those that stand there with different values, as
 * where a line was copied from elsewhere.
 */
function commonIn(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const unclear = new Set<number>();
  for (const { 1: name = "", 2: value = "" } of text.matchAll(COMMON_FIELD)) {
    const index = indexOf(name) as number;
    if (value === "" || value.length > LONGEST_COMMON || (found.get(index) ?? value) !== value)
      unclear.add(index);
    found.set(index, value);
  }
  for (const index of unclear) found.delete(index);
  return found;
}

function indexOf(name: string): number | undefined {
  return COMMON.get(name === "requestSessionId" ? "sessionId" : name)?.index;
}

/** From now on lines are held against what is common in this one; false where that was so before. */
function adopt(common: ReadonlyMap<number, string>): boolean {
  let isNew = false;
  for (const [index, value] of common) {
    if (commons[index] === value) continue;
    commons[index] = value;
    setCommon(index, value);
    isNew = true;
  }
  if (isNew) renewContexts();
  return isNew;
}

/** Undefined where the context does not say what the common fields say. */
function closingOf(
  context: RequestContext,
  common: ReadonlyMap<number, string>,
  hasStop: boolean,
): Closing | undefined {
  const fields = [...common].map(([index, value]) => ({
    field: FIELD_AT[index] as keyof RequestContext,
    index,
    value,
  }));
  if (fields.some(({ field, value }) => context[field] !== utf8(value))) return undefined;
  return { context, hasStop, common: fields.map(({ field, index }) => [field, index]) };
}

/** How an id begins tells whose it is: `msg_0`, `req_0`. */
const ID_LETTERS = 5;
/** All but how it begins may differ; one that is shorter than that is like no other. */
function idGap(role: number, value: string): Difference | undefined {
  return value.length < ID_LETTERS ? undefined : { role, letters: ID_LETTERS };
}

const PASSED_OVER: Difference = { role: ROLE.passedOver, letters: 0 };

/** Ids differ from line to line, all else is the same or common. */
function differsInHead(
  { name, value, fits }: Field,
  common: ReadonlyMap<number, string>,
): Difference | undefined {
  const index = indexOf(name);
  if (index !== undefined && common.get(index) === value) return { common: index };
  if (!fits) return undefined;
  if (name === "id") return idGap(ROLE.id, value);
  if (name === "tool_use_id") return { role: ROLE.id, letters: 0 };
  return PASSING.has(name) ? PASSED_OVER : undefined;
}

const PASSING = new Set([
  "messageUuid", "logicalParentUuid", "parentUuid", "promptId", "requestRef", "timestamp", "uuid",
]); // prettier-ignore

/** What the API calls the counts of a usage, in the order of their slots. */
const COUNTS = [
  "input_tokens",
  "output_tokens",
  "thinking_tokens",
  "cache_creation_input_tokens",
  "ephemeral_5m_input_tokens",
  "ephemeral_1h_input_tokens",
  "cache_read_input_tokens",
  "web_search_requests",
];

interface LearnedTail {
  shape: Shape;
  /** Cache writes are told apart by how long they are kept. */
  isSplit: boolean;
  hasStop: boolean;
}

/** Undefined where it tells of several bills, or a count stands there twice: then it is not clear which is meant. */
function learnTail(text: string, common: ReadonlyMap<number, string>): LearnedTail | undefined {
  const partAt = createPartFinder(text);
  if (!partAt) return undefined;
  const roles: number[] = [];
  const shape = learnShape(text, ({ name, value, isNumber, fits, index }) => {
    const place = indexOf(name);
    if (place !== undefined && common.get(place) === value) return { common: place };
    if (!fits) return undefined;
    const role = roleInTail(name, partAt(index));
    if (name === "requestId") return idGap(role, value);
    if (role === ROLE.stop && isNumber) return undefined;
    if (role === ROLE.passedOver) return isNumber || PASSING.has(name) ? PASSED_OVER : undefined;
    roles.push(role);
    return { role, letters: 0 };
  });
  if (new Set(roles).size < roles.length || !roles.includes(ROLE.time)) return undefined;
  return {
    shape,
    isSplit: text.includes('"cache_creation":{') && roles.includes(ROLE.counts + 4),
    hasStop: roles.includes(ROLE.stop),
  };
}

/** The parts of a closing part: what stands before the usage, that, its steps, and the fields of the entry. */
type Part = "message" | "usage" | "steps" | "entry";

/** Steps of plain messages have counts of their own, which say no more than their sum; undefined for any others. */
function createPartFinder(text: string): ((index: number) => Part) | undefined {
  const usage = text.indexOf('"usage":{');
  const entry = text.lastIndexOf("}", text.length - 2);
  const steps = text.indexOf('"iterations":[{');
  const stepsEnd = steps < 0 ? steps : text.indexOf("]", steps);
  const types = text.slice(steps, stepsEnd).matchAll(/"type":"(\w*)"/g);
  if (steps >= 0 && [...types].some(([, type]) => type !== "message")) return undefined;
  return (index) => {
    if (index > entry) return "entry";
    if (index < usage) return "message";
    return index > steps && index < stepsEnd ? "steps" : "usage";
  };
}

function roleInTail(name: string, part: Part): number {
  if (part === "usage" && COUNTS.includes(name)) return ROLE.counts + COUNTS.indexOf(name);
  if (part === "entry" && name === "timestamp") return ROLE.time;
  return part === "message" && name === "stop_reason" ? ROLE.stop : ROLE.passedOver;
}

/** Whether the walker takes out of the line what a parser does. */
function isAsParsed({ at: time, usage }: RequestEntry, isSplit: boolean): boolean {
  const count = (index: number): number => at(SLOT.counts + index);
  const taken: Usage = {
    input: count(0),
    output: count(1),
    thinking: count(2),
    cacheWrite5m: isSplit ? count(4) : Math.max(0, count(3) - count(5)),
    cacheWrite1h: count(5),
    cacheRead: count(6),
    webSearches: count(7),
  };
  return (
    at(SLOT.at) === time && (Object.keys(usage) as (keyof Usage)[]).every((key) => taken[key] === usage[key])
  );
}
