import type { IngestNeeds } from "../../history/ingest.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import type { Io } from "../io.ts";

/** The arguments of a call, checked against the schema of its tool. */
export interface McpArgs {
  since?: string;
  until?: string;
  project?: string;
  /** Of `spend`: one field. */
  by?: string;
  /** Of `why`: how the ID of a session begins. */
  session?: string;
  /** Of `explain`. */
  name?: string;
  sessionModel?: string;
  mode?: "default" | "plan";
}

/** The surroundings of a tool besides its arguments. */
export interface McpWorld {
  io: Io;
  /** The options that name the history, for the commands in answers. */
  source: readonly string[];
  /** Brings the store up to date, reads it and closes it. `tasksFrom`: the time from which on tasks are asked for. */
  read: <T>(
    needs: IngestNeeds,
    tasksFrom: number,
    make: (history: OpenedHistory) => T | Promise<T>,
  ) => Promise<T>;
}

/** The answer of a tool before it is cut to size. Lists are in order: their last items are left out first. */
export interface McpAnswer {
  fields: Record<string, unknown>;
  /** The command that shows all of it. */
  command: string;
}

/** An argument of a tool as JSON Schema. All of them are texts. */
export interface McpProperty {
  type: "string";
  description: string;
  enum?: readonly string[];
}

/** A tool of the MCP server. It reads and never changes a file of the user. */
export interface McpTool {
  name: string;
  title: string;
  description: string;
  properties: Readonly<Record<string, McpProperty>>;
  required?: readonly string[];
  answer: (args: McpArgs, world: McpWorld) => Promise<McpAnswer>;
}

/** The arguments of every tool that reports on a period. */
export const PERIOD_PROPERTIES = {
  since: {
    type: "string",
    description:
      "First day: 2026-11-01, today, yesterday, or how far back: 7d, 2w, 3m. Default: the last 30 days.",
  },
  until: { type: "string", description: "Last day, counted in, in the same forms. Default: today." },
  project: { type: "string", description: "Only projects whose path matches (* and ?), such as *shop*." },
} as const satisfies McpTool["properties"];

/** Returns the beginning of the ID of a session, which every command takes for the whole: IDs are many tokens long. */
export function shortId(session: string): string {
  return session.slice(0, 8);
}
