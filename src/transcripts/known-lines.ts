import type { RequestContext } from "./old-file-scan.ts";
import { adopt, commonAt, commonIn, fieldOf } from "./common-texts.ts";
import { type Glance, glance, tailOf, utf8, withoutContent } from "./fast-path.ts";
import { isAsParsed, learnHead, learnTail } from "./line-shapes.ts";
import { isResultNeeded, isToolNeeded } from "./observe/needs.ts";
import type { RequestEntry } from "./request.ts";
import { addHead, addTail, addTool, forgetShapes, setContext, TOOL_CLASS } from "./teach.ts";
import { bytes, record, settle, SLOT, textAt, ASK, type Ask } from "./walker.ts";

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
export function learn(ask: Ask, meaning: Meaning): Ask {
  if (ask === ASK.meet) return meet(meaning);
  if (ask === ASK.meetClosing) return meetClosing(meaning);
  if (ask === ASK.tellContext) return tellContext(meaning);
  const tool = textAt(SLOT.toolName);
  return ask === ASK.meetTool && addTool(tool, classOf(tool)) ? settle() : ASK.parse;
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

function meet(meaning: Meaning): Ask {
  const seen = glance(bytes, at(SLOT.start), at(SLOT.end));
  const is = seen && meaning.isFor(seen);
  if (!seen || is === undefined) return ASK.parse;
  const common = commonIn(seen.text);
  if (adopt(common)) {
    const ask = settle();
    if (ask !== ASK.meet) return ask;
  }
  const shape = learnHead(seen.text, common);
  if (!addHead(is, shape)) {
    startOver();
    addHead(is, shape);
  }
  const ask = settle();
  return ask === ASK.meet ? ASK.parse : ask;
}

function meetClosing(meaning: Meaning): Ask {
  const text = tailOf(bytes, at(SLOT.behind), at(SLOT.end));
  if (text === undefined) return ASK.parse;
  const common = commonIn(text);
  if (adopt(common)) {
    const ask = settle();
    if (ask !== ASK.meetClosing) return ask;
  }
  const headText = bytes.toString("latin1", at(SLOT.start), at(SLOT.behind));
  const entry = withoutContent(headText, text);
  const request = entry?.["type"] === "assistant" ? meaning.requestOf(entry) : undefined;
  if (!request || request.parts.length > 0) return ASK.parse;
  const learned = learnTail(text, common);
  const closing =
    learned && closingOf(request.context, new Map([...commonIn(headText), ...common]), learned.hasStop);
  if (!closing) return ASK.parse;
  const tail = addTail(at(SLOT.head), learned.shape, learned.isSplit);
  if (tail === undefined) startOver();
  const ask = settle();
  if (ask !== ASK.tellContext || at(SLOT.tail) !== tail || !isAsParsed(request, learned.isSplit))
    return ASK.parse;
  closings.set(tail, closing);
  return tellContext(meaning);
}

function tellContext({ contextIndex }: Meaning): Ask {
  const tail = at(SLOT.tail);
  const closing = closings.get(tail);
  const stop = textAt(SLOT.stop);
  if (!closing) return ASK.parse;
  const common = closing.common.map(([field, index]) => [field, commonAt(index)]);
  const own = closing.hasStop ? { stop } : {};
  const context = { ...closing.context, ...Object.fromEntries(common), ...own } as RequestContext;
  return setContext(tail, stop, contextIndex(context)) ? settle() : ASK.parse;
}

const at = (slot: number): number => record[slot] as number;

/** Undefined where the context does not say what the common fields say. */
function closingOf(
  context: RequestContext,
  common: ReadonlyMap<number, string>,
  hasStop: boolean,
): Closing | undefined {
  const fields = [...common].map(([index, value]) => ({
    field: fieldOf(index),
    index,
    value,
  }));
  if (fields.some(({ field, value }) => context[field] !== utf8(value))) return undefined;
  return { context, hasStop, common: fields.map(({ field, index }) => [field, index]) };
}
