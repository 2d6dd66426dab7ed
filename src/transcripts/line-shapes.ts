import type { Usage } from "../domain/usage.ts";
import { commonIndexOf } from "./common-texts.ts";
import type { RequestEntry } from "./request.ts";
import { type Difference, type Field, learnShape, type Shape } from "./shape.ts";
import { record, ROLE, SLOT } from "./walker.ts";

/** What lines that begin like `text` have in common. */
export function learnHead(text: string, common: ReadonlyMap<number, string>): Shape {
  return learnShape(text, (field) => differsInHead(field, common));
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
  const index = commonIndexOf(name);
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

export interface LearnedTail {
  shape: Shape;
  /** Cache writes are told apart by how long they are kept. */
  isSplit: boolean;
  hasStop: boolean;
}

/** Undefined where it tells of several bills, or a count stands there twice: then it is not clear which is meant. */
export function learnTail(text: string, common: ReadonlyMap<number, string>): LearnedTail | undefined {
  const partAt = createPartFinder(text);
  if (!partAt) return undefined;
  const roles: number[] = [];
  const shape = learnShape(text, ({ name, value, isNumber, fits, index }) => {
    const place = commonIndexOf(name);
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
export function isAsParsed({ at, usage }: RequestEntry, isSplit: boolean): boolean {
  const [input = 0, output = 0, thinking = 0, written = 0, kept5m = 0, cacheWrite1h = 0, ...rest] =
    record.subarray(SLOT.counts);
  const [cacheRead = 0, webSearches = 0] = rest;
  const cacheWrite5m = isSplit ? kept5m : Math.max(0, written - cacheWrite1h);
  const taken: Usage = { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches };
  return (
    record[SLOT.at] === at &&
    (Object.keys(usage) as (keyof Usage)[]).every((key) => taken[key] === usage[key])
  );
}
