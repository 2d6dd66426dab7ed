import type { RequestContext } from "../domain/file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import { glance, type Glance } from "./fast-path.ts";
import type { RequestEntry } from "./request.ts";
import { type Difference, type Field, learnShape, type Shape } from "./shape.ts";
import { addHead, addTail, bytes, forgetShapes, records, ROLE, SLOT, textAt, walkAgain } from "./walker.ts";

/**
 * What the lines of one file that are like one met before say. Learned from lines that were parsed with care; from then on the
 * walker finds them by comparing bytes.
 */
export interface KnownLines {
  /** What a line is that the walker does not know; where it is a message, the lines like it are known from now on. */
  meet(start: number, end: number): Glance;
  /** What the closing part of an answer says; undefined where that is not known. */
  closing(record: number): Closing | undefined;
  /** Learns the closing part (`text`) of the answer that `entry` was read from. */
  learnClosing(record: number, text: string, entry: RequestEntry): void;
}

export interface Closing {
  usage: Usage;
  context: RequestContext;
  /** ms since the epoch. */
  at: number;
}

/** A closing part that many answers have in common: with the head it says all of their request but counts and times. */
interface Tail {
  /** Which of COUNTS it has. */
  has: readonly boolean[];
  /** Whether cache writes are told apart by how long they are kept. */
  isSplit: boolean;
  context: RequestContext;
  /** The same by stop reason. */
  contexts: Map<string, RequestContext>;
}

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

export function createKnownLines(): KnownLines {
  const tails = new Map<number, Tail>();
  forgetShapes(); // lines of another file are unlike those of this one

  /** A session that changes its branch or folder over and over has more shapes than there is room for. */
  function startOver(): void {
    forgetShapes();
    tails.clear();
  }

  return {
    meet(start, end) {
      const seen = glance(bytes, start, end);
      if (!("text" in seen)) return seen;
      const shape = learnShape(seen.text, differsInHead);
      if (addHead(seen.is, shape) !== undefined) return seen;
      startOver();
      addHead(seen.is, shape);
      return seen;
    },
    closing(record) {
      const tail = tails.get(records[record + SLOT.tail] as number);
      return tail && readClosing(tail, record);
    },
    learnClosing(record, text, { usage, context, at }) {
      const learned = learnTail(text, context);
      if (!learned) return;
      const address = addTail(records[record + SLOT.head] as number, learned.shape);
      if (address === undefined) {
        startOver();
        return;
      }
      const again = walkAgain(record);
      const closing = records[again + SLOT.tail] === address && readClosing(learned.tail, again);
      if (closing && closing.at === at && isSame(closing.usage, usage)) tails.set(address, learned.tail);
    },
  };
}

function isSame(a: Usage, b: Usage): boolean {
  return (Object.keys(b) as (keyof Usage)[]).every((key) => a[key] === b[key]);
}

/** How an id begins tells whose it is: `msg_0`, `req_0`. */
const ID_LETTERS = 5;
const PASSED_OVER: Difference = { role: ROLE.passedOver, letters: 0 };

/** Ids differ from line to line, all else is the same. */
function differsInHead({ name }: Field): Difference | undefined {
  if (name === "id") return { role: ROLE.id, letters: ID_LETTERS };
  if (name === "tool_use_id") return { role: ROLE.id, letters: 0 };
  return name === "parentUuid" || name === "promptId" ? PASSED_OVER : undefined;
}

/** Undefined where a count stands there twice: then it is not clear which is meant. */
function learnTail(text: string, context: RequestContext): { shape: Shape; tail: Tail } | undefined {
  const usage = text.indexOf('"usage":{');
  const fields = text.lastIndexOf("}", text.length - 2);
  const roles: number[] = [];
  const shape = learnShape(text, ({ name, isNumber, index }) => {
    const role = roleInTail(name, index > usage && index < fields, index > fields);
    if (name === "requestId") return { role, letters: ID_LETTERS };
    if (role === ROLE.passedOver) return isNumber || PASSING.has(name) ? PASSED_OVER : undefined;
    roles.push(role);
    return { role, letters: 0 };
  });
  if (new Set(roles).size < roles.length || !roles.includes(ROLE.time)) return undefined;
  const tail: Tail = {
    has: COUNTS.map((_, index) => roles.includes(ROLE.counts + index)),
    isSplit: text.includes('"cache_creation":{'),
    context,
    contexts: new Map([[context.stop, context]]),
  };
  return { shape, tail };
}

function roleInTail(name: string, isUsage: boolean, isField: boolean): number {
  if (isUsage && COUNTS.includes(name)) return ROLE.counts + COUNTS.indexOf(name);
  if (isField && name === "timestamp") return ROLE.time;
  return !isUsage && !isField && name === "stop_reason" ? ROLE.stop : ROLE.passedOver;
}

const PASSING = new Set(["uuid", "requestRef"]);

function readClosing({ has, isSplit, context, contexts }: Tail, record: number): Closing {
  const count = (index: number): number =>
    has[index] ? (records[record + SLOT.counts + index] as number) : 0;
  const cacheWrite1h = count(5);
  const stop = textAt(record + SLOT.stop);
  let own = contexts.get(stop);
  if (!own) contexts.set(stop, (own = { ...context, stop }));
  return {
    usage: {
      input: count(0),
      output: count(1),
      thinking: count(2),
      cacheWrite5m: isSplit && has[4] ? count(4) : Math.max(0, count(3) - cacheWrite1h),
      cacheWrite1h,
      cacheRead: count(6),
      webSearches: count(7),
    },
    context: own,
    at: records[record + SLOT.at] as number,
  };
}
