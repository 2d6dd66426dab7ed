import { readUndo, undoLast } from "../agents/apply.ts";
import type { Change, Target } from "../agents/change.ts";
import { locateTarget, type Place } from "../agents/place.ts";

/** What taking back the last apply would do. */
export interface UndoPlan {
  target: Target;
  /** When the apply was, ISO. */
  at: string;
  changes: readonly Change[];
}

/** The last apply at a place, seen backwards; undefined where there is none. Writes nothing. */
export function loadUndo(place: Place): UndoPlan | undefined {
  const { target } = locateTarget(place);
  const undo = readUndo(target);
  return undo && { target, ...undo };
}

/** Takes the last apply back; files that were edited since stay. */
export function applyUndo({ target }: Pick<UndoPlan, "target">): Change[] {
  return undoLast(target);
}
