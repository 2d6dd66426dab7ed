import { type Fields, fieldsOf, isFields, optionalText, textOf } from "../transcripts/fields.ts";

/** The fields of a hook's stdin, as Claude Code writes it, that hooks look at. Hostile: every field may be anything. */
export interface HookInput {
  session: string;
  /** Changes with every prompt of the user, so it names the task. */
  prompt: string;
  cwd: string | undefined;
  transcript: string | undefined;
  /** Type of the agent that the event is in; undefined in the main thread. */
  agent: string | undefined;
  tool: string;
  toolInput: Fields;
  fields: Fields;
}

/** Reads the stdin of a hook; undefined if it is not a JSON object. */
export function readHookInput(text: string): HookInput | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined; // a hook lets everything through that it does not understand
  }
  if (!isFields(fields)) return undefined;
  return {
    session: textOf(fields["session_id"]),
    prompt: textOf(fields["prompt_id"]),
    cwd: optionalText(fields["cwd"]),
    transcript: optionalText(fields["transcript_path"]),
    agent: optionalText(fields["agent_type"]),
    tool: textOf(fields["tool_name"]),
    toolInput: fieldsOf(fields["tool_input"]),
    fields,
  };
}
