import { homedir } from "node:os";
import { join } from "node:path";
import { fnv1a } from "../domain/hash.ts";

/** Paths of what hooks and the status line keep between two runs: never in a project or in Claude Code's folder. */
export interface HookPlaces {
  /** Everything below is in this folder. */
  folder: string;
  /** One state file for each project that has hooks. */
  states: string;
  /** Folder of the notes on running sessions. */
  sessions: string;
  /** Folder of the spend of each session today. */
  spend: string;
  log: string;
}

/** Locates the folder of hooks (`XDG_STATE_HOME`, otherwise ~/.local/state). */
export function locateHooks(env: NodeJS.ProcessEnv): HookPlaces {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const folder = join(env["XDG_STATE_HOME"] || join(home, ".local/state"), "rolecall");
  return {
    folder,
    states: join(folder, "states"),
    sessions: join(folder, "sessions"),
    spend: join(folder, "spend"),
    log: join(folder, "hooks.log"),
  };
}

/** Returns the path of the state of a project, or of the user's configuration folder. */
export function stateFile({ states }: HookPlaces, root: string): string {
  return join(states, `${hashOf(root)}.json`);
}

/** Returns the path of the notes about a session. Its id is hostile input and never becomes a path. */
export function sessionFile({ sessions }: HookPlaces, session: string): string {
  return join(sessions, `${hashOf(session)}.jsonl`);
}

/** Hashes a text to 64 bits: two of 32, from different starts. */
export function hashOf(text: string): string {
  return [fnv1a(text), fnv1a(text, 0x2545f491)].map((part) => part.toString(16).padStart(8, "0")).join("");
}
