import { SKILL_TOOL } from "../../domain/content-name.ts";
import { packContent } from "../../domain/pack-content.ts";
import { LONGEST_TEXT, type MeasuredBlock } from "../blocks/measured-block.ts";
import { type BlockReader, createBlockReader } from "../blocks/reader.ts";
import { sizeOf } from "../blocks/sizes.ts";
import { contentText, type Fields, fieldsOf, textOf } from "../fields.ts";
import { findEntries, parseEntry } from "./entries.ts";
import {
  ASK_CALL,
  ASK_ECHO,
  ASK_HOOK,
  ASK_NOTHING,
  ASK_OTHER,
  ASK_PARSE,
  ASK_RESULT,
  ASK_TEXT,
  ECHO,
  FIELD_AGENT_CALLED,
  FIELD_AGENT_ID,
  FIELD_BLOCK_NAME,
  FIELD_BLOCK_TEXT,
  FIELD_CALL_ID,
  FIELD_CALLED_BY,
  FIELD_COMMAND,
  FIELD_DATA_AGENT_ID,
  FIELD_DIAGNOSTICS,
  FIELD_FILE_PATH,
  FIELD_HOOK_NAME,
  FIELD_ID,
  FIELD_IS_ERROR,
  FIELD_NOTEBOOK_PATH,
  FIELD_PATTERN,
  FIELD_RESULT_CONTENT,
  FIELD_RESULT_OF,
  FIELD_THINKING_TEXT,
  FIELD_TOOL_INPUT,
  FIELD_TYPE,
  FIELD_UUID,
  STATE_LINE,
} from "./layout.ts";
import type { OnAsk } from "./lines.ts";
import type { Reader } from "./reader.ts";

/** Finds the content blocks of one file, and why its requests missed the cache. */
export interface ContentFinder {
  readonly onAsk: OnAsk;
  /** Returns the content, packed. */
  take(): string;
}

/** Begins a file. */
export function findContent(reader: Reader): ContentFinder {
  return new ContentLines(reader);
}

class ContentLines implements ContentFinder {
  private readonly reader: Reader;
  private readonly blocks: BlockReader = createBlockReader();
  private readonly missed = new Map<string, string>();

  constructor(reader: Reader) {
    this.reader = reader;
  }

  readonly onAsk: OnAsk = (ask) => {
    if (ask === ASK_NOTHING) return;
    if (ask === ASK_OTHER) this.takeOther();
    else if (ask === ASK_HOOK) this.takeHook();
    else if (ask === ASK_PARSE || this.isSkill(ask)) this.takeLine();
    else if (ask < ASK_ECHO) this.takeMessage(this.measure(ask));
    else this.takeEcho(this.measure(ask - ASK_ECHO));
  };

  /** The name of a skill is in a field that the walk does not look for. */
  private isSkill(ask: number): boolean {
    return (ask === ASK_CALL || ask === ASK_ECHO + ASK_CALL) && this.text(FIELD_BLOCK_NAME) === SKILL_TOOL;
  }

  take(): string {
    return packContent({ threads: this.blocks.take(), missed: this.missed });
  }

  private text(field: number): string {
    return textOf(this.reader.valueOf(field));
  }

  private takeMessage(block: MeasuredBlock): void {
    const { reader } = this;
    const [id, uuid] = [this.text(FIELD_ID), this.text(FIELD_UUID)];
    const agentId = this.text(FIELD_AGENT_ID);
    this.blocks.message({ agentId, uuid, id }, block, reader.state[STATE_LINE] as number);
    const diagnostics = reader.valueOf(FIELD_DIAGNOSTICS);
    if (diagnostics) this.noteMiss(id, diagnostics);
  }

  /** Takes a message of an agent that its parent's transcript repeats. */
  private takeEcho(block: MeasuredBlock): void {
    const agentId = this.text(FIELD_DATA_AGENT_ID);
    if (agentId === "") return;
    const [id, uuid] = [this.text(FIELD_ID), this.text(FIELD_UUID + ECHO)];
    const calledBy = this.text(FIELD_CALLED_BY);
    this.blocks.message({ agentId, calledBy, uuid, id }, block, this.reader.state[STATE_LINE] as number);
  }

  private takeOther(): void {
    if (MARKING_ENTRIES.has(this.text(FIELD_TYPE))) this.takeLine();
  }

  private takeHook(): void {
    if (this.text(FIELD_HOOK_NAME) === "SessionStart:resume") this.takeLine();
  }

  /** Measures the only block of the message, as `measureBlock` does. */
  private measure(ask: number): MeasuredBlock {
    const { reader } = this;
    if (ask === ASK_TEXT) {
      const size = reader.lengthOf(FIELD_BLOCK_TEXT);
      return { kind: "text", size, text: size > LONGEST_TEXT ? "" : this.text(FIELD_BLOCK_TEXT) };
    }
    if (ask === ASK_CALL) return this.measureCall();
    if (ask === ASK_RESULT) return this.measureResult();
    return { kind: "thinking", size: reader.lengthOf(FIELD_THINKING_TEXT) };
  }

  private measureCall(): MeasuredBlock {
    return {
      kind: "call",
      size: this.reader.inputSize(FIELD_TOOL_INPUT),
      id: this.text(FIELD_CALL_ID),
      name: this.text(FIELD_BLOCK_NAME),
      input: this.input(),
    };
  }

  /** Returns the fields of a call's input that the ledger reads. */
  private input(): Fields {
    const { valueOf } = this.reader;
    return {
      command: valueOf(FIELD_COMMAND),
      file_path: valueOf(FIELD_FILE_PATH),
      notebook_path: valueOf(FIELD_NOTEBOOK_PATH),
      pattern: valueOf(FIELD_PATTERN),
      subagent_type: valueOf(FIELD_AGENT_CALLED),
    };
  }

  private measureResult(): MeasuredBlock {
    const { reader } = this;
    const [id, failed] = [this.text(FIELD_RESULT_OF), reader.isTrue(FIELD_IS_ERROR)];
    const length = reader.lengthOf(FIELD_RESULT_CONTENT);
    if (length > LONGEST_TEXT) return { kind: "result", size: length, images: 0, text: "", id, failed };
    const content = reader.valueOf(FIELD_RESULT_CONTENT);
    const { characters: size, images } = sizeOf(content);
    const text = size > LONGEST_TEXT ? "" : contentText(content);
    return { kind: "result", size, images, text, id, failed };
  }

  private takeLine(): void {
    const { reader } = this;
    const { start, end } = reader.currentLine();
    const entry = parseEntry(reader.bytes, start, end);
    if (entry) this.takeEntry(entry);
    else if (entry === null) for (const one of findEntries(reader, start, end)) this.takeEntry(one);
  }

  private takeEntry(entry: Fields): void {
    this.blocks.entry(entry, this.reader.state[STATE_LINE] as number);
    const message = fieldsOf(entry["message"]);
    this.noteMiss(textOf(message["id"]), message["diagnostics"]);
  }

  /** Known only for the Anthropic API, whose message ids are keys of requests. */
  private noteMiss(id: string, diagnostics: unknown): void {
    const reason = textOf(fieldsOf(fieldsOf(diagnostics)["cache_miss_reason"])["type"]).slice(
      0,
      LONGEST_REASON,
    );
    if (reason !== "") this.missed.set(id, reason);
  }
}

/** Entries that can change what is in the cache, besides messages and attachments. */
const MARKING_ENTRIES: ReadonlySet<string> = new Set(["system", "cost-state"]);
const LONGEST_REASON = 60;
