import type { Decision } from "../domain/decision.ts";
import type { Tier } from "../domain/model.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { Outcomes } from "./belief.ts";
import type { AdviceTask, Redos } from "./failure.ts";
import type { Unit } from "./unit.ts";

/** The data that advice is made from. */
export interface AdviceContext {
  /** The tasks of the period. */
  tasks: readonly AdviceTask[];
  /** The most expensive first. */
  units: readonly Unit[];
  redos: Redos;
  table: ModelTable;
  /** The newest model of each tier. */
  tiers: Readonly<Record<Tier, string>>;
  /** The model that Claude Code takes each tier's alias for. */
  aliases: Readonly<Record<Tier, string>>;
  /** Length of the part of the period that has tasks, in days; at least 7. */
  days: number;
  /** Share of success that a cheaper assignment may lose. */
  tolerance: number;
  /** Advice that was applied or reverted here, the latest of each id. */
  decisions: readonly Decision[];
  files: AgentFacts;
  /** Outcomes of the user's own past tasks that were run again on other models, by agent. */
  replays: ReadonlyMap<string, readonly Outcomes[]>;
}

/** Facts that the files here state about agents. */
export interface AgentFacts {
  /**
   * Returns whether advice on an agent can be written: `here` if it has a file or a file of its name replaces it, `elsewhere` if its file is
   * in a plugin or another project, `nowhere` if nothing that rolecall writes decides its model.
   */
  decidedBy: (agent: string) => "here" | "elsewhere" | "nowhere";
  /** Returns whether an agent has no model of its own and follows the main session, and a variable would keep it where it is. */
  inherits: (agent: string) => boolean;
  /** Returns whether an agent always follows the main session as long as no file of its name exists. */
  followsMain: (agent: string) => boolean;
}
