/** Something that Claude Code names to the model in the first prompt of a session. */
export interface Offered {
  kind: "skill" | "server" | "agent";
  /** As the client writes it: skills and agents of a plugin are `plugin:name`, its servers `plugin_name_server`. */
  name: string;
  project: string;
  /** Characters of its lines. */
  size: number;
  /** Number of calls in this project. */
  calls: number;
  /** Number of calls in all projects. */
  allCalls: number;
}

/** The tools that sessions offered and the way they ran, as far as the lines of their transcripts show it. */
export interface SessionSetup {
  /** By project, what each of its latest sessions listed. */
  offered: readonly Offered[];
  /** Sessions of the period, and those that list what they offer. */
  sessions: number;
  listing: number;
  /** Permission modes that running sessions were changed to, with how often. */
  modes: Readonly<Record<string, number>>;
  /** The longest memory file that is on this machine, with its characters. */
  memory: { path: string; size: number } | null;
}

/** The setup of sessions of which nothing is known. */
export const NO_SETUP: SessionSetup = { offered: [], sessions: 0, listing: 0, modes: {}, memory: null };
