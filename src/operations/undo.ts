import { readUndo, tidyJournal, undoLast } from "../agents/apply.ts";
import type { PlannedChange, Target } from "../agents/change.ts";
import { locateTarget, type AgentPlace } from "../agents/locate.ts";

/** A plan to revert the last apply. */
export interface UndoPlan {
  /** The place that is restored. */
  target: Target;
  /** Time of the apply, ISO. */
  at: string;
  /** Each file that goes back to what it was. */
  changes: readonly PlannedChange[];
}

/**
 * Plans to revert the last apply of a place; undefined if there is nothing to revert. Writes nothing.
 *
 * @example
 * ```ts
 * import { loadUndo } from "rolecall";
 *
 * const undo = loadUndo({ cwd: process.cwd(), env: process.env });
 * console.log(undo ? `applied ${undo.at}: ${undo.changes.length} files` : "nothing to revert");
 * ```
 */
export function loadUndo(place: AgentPlace): UndoPlan | undefined {
  const { target } = locateTarget(place);
  const undo = readUndo(target);
  return undo && { target, ...undo };
}

/**
 * Carries out a plan. Files that were edited since the apply stay. Throws RolecallError if it is not the last apply any more.
 *
 * @example
 * ```ts
 * import { applyUndo, loadUndo } from "rolecall";
 *
 * const undo = loadUndo({ cwd: process.cwd(), env: process.env });
 * console.log(undo ? applyUndo(undo).map(({ path }) => path) : "nothing to revert");
 * ```
 */
export function applyUndo({ target, at }: Pick<UndoPlan, "target" | "at">): PlannedChange[] {
  return undoLast(target, at);
}

/** Removes temporary files of a killed apply, for a place with nothing to undo. */
export function tidyAfterKill(place: AgentPlace): void {
  tidyJournal(locateTarget(place).target);
}
