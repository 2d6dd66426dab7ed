import type { EditEvent } from "../../domain/event.ts";
import { unpackHashes } from "../../domain/hashes.ts";
import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";
import { endsWhereItBegan, findCircles, isFile, takesBack } from "./circles.ts";
import { promptSays, seenAt } from "./evidence.ts";
import { planWasRefined } from "./refined-plan.ts";
import { asksAgain, givenOutAgain, isCorrection, says } from "./same-work.ts";
import { passAfterChanges } from "./work.ts";

/** Somebody had to do it again, or it ended where it had begun. */
export function isReworked(task: Candidate): Evidence[] {
  const again = task.kind === "turn" ? correctedOrAgain(task) : runDoneAgain(task);
  return [...again, ...undoneLater(task), ...inCircles(task)];
}

function correctedOrAgain(task: Candidate): Evidence[] {
  const { next, rewoundBy } = task;
  if (rewoundBy) return [promptSays(rewoundBy, "the conversation was rewound to before it")];
  if (!next || planWasRefined(task)) return [];
  if (isCorrection(next.draft.prompt) && !meansTheOneBefore(task, next))
    return [promptSays(next, "the next prompt corrects it")];
  return asksAgain(task, next) ? [promptSays(next, "the next prompt asks for the same again")] : [];
}

/** After a turn that changed nothing, a correction that redoes lines of the turn before it is about that one. */
function meansTheOneBefore(task: Candidate, next: Candidate): boolean {
  const before = task.previous?.work.edits ?? [];
  if (task.work.lastChange > 0 || before.length === 0) return false;
  return next.work.edits.some((edit) => before.some((own) => redoes(edit, own)));
}

function runDoneAgain(task: Candidate): Evidence[] {
  const later = givenOutAgain(task);
  if (later) return [promptSays(later, "the same work was given out again")];
  const { parent } = task;
  if (!parent) return [];
  const redone = parent.work.edits.find(
    (edit) => edit.at > task.endedAt && task.work.edits.some((own) => redoes(edit, own)),
  );
  if (redone) return [seenAt(parent, redone.line, "its parent did its lines again")];
  const alone = parent.kind === "turn" && parent.work.edits.length === 0 && task.work.edits.length > 0;
  if (alone && task.next && isCorrection(task.next.draft.prompt))
    return [promptSays(task.next, "the next prompt corrects what it did")];
  return [];
}

/** Within the next two turns its lines are undone, or edited again without a new wish behind it. */
function undoneLater(task: Candidate): Evidence[] {
  if (task.kind !== "turn") return [];
  const own = [...task.work.edits, ...task.runs.flatMap(({ work }) => work.edits)];
  const found: Evidence[] = [];
  for (const later of [task.next, task.next?.next]) {
    if (!later || isNewWish(later)) continue;
    const edit = later.work.edits.find((edit) => own.some((before) => redoes(edit, before)));
    if (edit)
      found.push(seenAt(later, edit.line, "its lines were edited again within two turns, with no new wish"));
    const restore = later.work.restores.find(({ restores }) =>
      own.some(({ file }) => restores?.some((path) => isFile(file, path))),
    );
    if (restore) found.push(seenAt(later, restore.line, "its files were restored from version control"));
  }
  return found;
}

/** A prompt that wants something, rather than complain or say "go on". */
function isNewWish({ draft }: Candidate): boolean {
  const { prompt } = draft;
  if (says(prompt, "changed-mind")) return true;
  if (isCorrection(prompt) || says(prompt, "same-again")) return false;
  return says(prompt, "new-work") || says(prompt, "asks-undo");
}

/** Half of what an edit put there is taken away again, or all of it is taken back. */
function redoes(later: EditEvent, earlier: EditEvent): boolean {
  if (later.file !== earlier.file || later.line === earlier.line) return false;
  if (takesBack(later, earlier)) return true;
  const added = unpackHashes(earlier.added);
  if (added.length === 0) return false;
  const removed = new Set(unpackHashes(later.removed));
  const gone = added.filter((line) => removed.has(line)).length;
  return gone * 2 >= added.length;
}

/** A circle that ends green is no rework, and neither is one that was asked for. */
function inCircles(task: Candidate): Evidence[] {
  if (says(task.draft.prompt, "asks-undo") || passAfterChanges(task.work)) return [];
  const circles = findCircles(task.work);
  const back = endsWhereItBegan(task.work);
  return circles
    .filter(({ kind }) => (kind === "back-again" ? back : !says(task.draft.prompt, "expects-red")))
    .map(({ kind, line }) =>
      seenAt(
        task,
        line,
        kind === "back-again"
          ? "its files are back in an earlier state"
          : "the same verification failed twice with no different edit between",
      ),
    );
}
