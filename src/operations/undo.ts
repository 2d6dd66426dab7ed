import { readUndo, tidyJournal, undoLast } from "../agents/apply.ts";
import type { Change, Target } from "../agents/change.ts";
import { locateTarget, type Place } from "../agents/place.ts";

/** What reverting the last apply would do. */
export interface UndoPlan {
  target: Target;
  /** When the apply was, ISO. */
  at: string;
  changes: readonly Change[];
}

/** Plans to revert the last apply of a place; undefined if there is none. Writes nothing. */
export function loadUndo(place: Place): UndoPlan | undefined {
  const { target } = locateTarget(place);
  const undo = readUndo(target);
  return undo && { target, ...undo };
}

/** Reverts the apply that was planned; files that were edited since stay. Throws RolecallError if it is not the last one any more. */
export function applyUndo({ target, at }: Pick<UndoPlan, "target" | "at">): Change[] {
  return undoLast(target, at);
}

/** Removes what a killed apply left in the journal's folder, for a place with nothing to undo. */
export function tidyAfterKill(place: Place): void {
  tidyJournal(locateTarget(place).target);
}
