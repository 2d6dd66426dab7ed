import type { EditEvent } from "../../domain/event.ts";
import { unpackHashes } from "../../domain/hashes.ts";
import type { CheckVerdict } from "../../domain/check.ts";
import type { Evidence } from "../../domain/task.ts";
import { agentLabels } from "./agent-labels.ts";
import { type Candidate, isUnseen } from "./candidate.ts";
import { admission, beginsOf } from "./admission.ts";
import { promptSays, seenAt, weakly } from "./evidence.ts";
import { laterEvidence, TURNS_LATER } from "./later-turns.ts";
import { endsWhereItBegan, findLoops, isFile, takesBack } from "./loops.ts";
import { planCarriedOutBy, planWasRefined } from "./plans.ts";
import { editsOf, hasChanged, mendedBy, rewritten, sharesFile } from "./rewritten.ts";
import { asksAgain, givenOutAgain, isCorrection, says } from "./same-work.ts";
import { passAfterChanges } from "./work.ts";

/** Somebody had to do it again, or it ended where it had begun. */
export function isReworked(task: Candidate): Evidence[] {
  const again = task.kind === "turn" ? userWasNotContent(task) : runDoneAgain(task);
  return [...again, ...inLoops(task)];
}

function userWasNotContent(task: Candidate): Evidence[] {
  const { next, rewoundBy } = task;
  if (rewoundBy) return [promptSays(rewoundBy, "the conversation was rewound to before it")];
  if (!next || planWasRefined(task) || planCarriedOutBy(task)) return [];
  let later: Candidate | undefined = next;
  for (let distance = 1; later && distance <= TURNS_LATER; distance++, later = later.next) {
    const found = complaint(task, later, distance) ?? admission(task, later, distance) ?? undone(task, later);
    if (found) return [found];
    if (later.work.lastChange > 0) break;
  }
  const found = laterEvidence(task) ?? foundRed(task, next);
  if (found) return [found];
  return asksAgain(task, next) && (!hasChanged(task) || isAboutIt(task, next) || isFoundAgain(task, next))
    ? [promptSays(next, "the next prompt asks for the same again")]
    : [];
}

/** The same finding of a review is pasted again, and no check shows that it was done. */
function isFoundAgain(task: Candidate, next: Candidate): boolean {
  return (
    says(task.draft.prompt, "finding") && says(next.draft.prompt, "finding") && verdictBefore(next) !== "pass"
  );
}

/** Returns the evidence that a later prompt rejects the work. */
function complaint(task: Candidate, later: Candidate, distance: number): Evidence | undefined {
  const { prompt } = later.draft;
  if (says(prompt, "other-matter") || says(prompt, "finding")) return undefined;
  const which = distance === 1 ? "the next prompt" : "a later prompt";
  if (
    isCorrection(prompt) &&
    (distance === 1 ? isAboutIt(task, later) || hasChanged(task) : isMended(task, later))
  )
    return promptSays(later, `${which} corrects it`);
  if ((says(prompt, "failure") || says(prompt, "symptom")) && isItsFault(task, repairOf(later)))
    return promptSays(later, `${which} reports that it does not work`);
  if (distance === 1) return weakComplaint(task, later);
  return distance === 2 && onlyAgreed(later.previous) ? contradiction(task, later, which) : undefined;
}

/** The user went on about this work, and not about what the turn in between left open. */
function isMended(task: Candidate, later: Candidate): boolean {
  const { previous } = later;
  if (!previous || previous === task || answersOffer(later)) return false;
  return editsOf(task).length === 0 ? isAboutIt(task, later) : sharesFile(task, later);
}

/** A longer prompt is about more than what the turn before it offered. */
const SHORT_WORDS = 11;

/** A short prompt that answers what the turn before it offered or asked. */
function answersOffer({ previous, draft: { prompt } }: Candidate): boolean {
  const last = previous?.draft.events.findLast((event) => event.kind === "answer");
  return (
    (prompt?.words ?? 0) <= SHORT_WORDS &&
    (last?.says?.some((one) => one === "choice" || one === "offers") ?? false)
  );
}

/** The later turn mends the work of another. */
function mendsAnother(task: Candidate, later: Candidate): boolean {
  if (editsOf(task).length === 0) return false;
  const mended = mendedBy(later);
  return mended !== undefined && mended !== task;
}

/** Somebody said yes and stopped it, or nothing came of it. */
function onlyAgreed(turn: Candidate | undefined): boolean {
  return turn?.draft.prompt?.topics.includes("form:consent") === true && !hasChanged(turn);
}

/** Returns evidence that a reader would not rest a verdict on alone. */
function weakComplaint(task: Candidate, next: Candidate): Evidence | undefined {
  const against = contradiction(task, next, "the next prompt");
  if (against) return against;
  if (isRewrittenFor(task, next))
    return weakly(promptSays(next, "the next prompt doubts it, and its lines were rewritten"));
  return isFixedElsewhere(task, next)
    ? weakly(promptSays(next, "the next prompt reports a failure, and other code was changed for it"))
    : undefined;
}

/** A check or a program fails, and what was missing is in files that the task should have changed, too. */
function isFixedElsewhere(task: Candidate, next: Candidate): boolean {
  const { prompt } = next.draft;
  if (!says(prompt, "failure") || !hasEditedCode(task) || !hasEditedCode(next)) return false;
  const begins = beginsOf(next);
  if (mendedBy(next) !== undefined || begins.includes("denies")) return false;
  return begins.includes("fault") || FAILS.some((topic) => prompt?.topics.includes(topic) === true);
}

const FAILS = ["debugging:fails", "debugging:error"] as const;

function contradiction(task: Candidate, later: Candidate, which: string): Evidence | undefined {
  return says(later.draft.prompt, "contradiction") && !hasChanged(task)
    ? weakly(promptSays(later, `${which} contradicts its answer`))
    : undefined;
}

/** Returns whether a doubt had a good part of the work written again. One that is put as a wish needs most of it, and at once. */
function isRewrittenFor(task: Candidate, next: Candidate): boolean {
  const { prompt } = next.draft;
  const begins = beginsOf(next);
  // What the model calls a good idea is a new wish.
  if (begins.includes("likes") && !begins.includes("concedes")) return false;
  const now = rewritten(task, next);
  if (says(prompt, "pushback")) return Math.max(now.share, rewritten(task, next.next).share) > SOME;
  return says(prompt, "doubt") && hasEditedCode(task) && now.share >= MOST && now.lines > 1;
}

/** Shares of a task's lines that are rewritten for a doubt; a doubt that is put as a wish needs more. */
const SOME = 0.1;
const MOST = 0.5;

/** Unlike a command that only writes a file on the way, edits are work that can be wrong. */
function hasEditedCode(task: Candidate): boolean {
  return editsOf(task).some(({ docs }) => !docs) || wroteUnseen(task);
}

/** The next turn looked first, found a check red, and rewrote the lines. */
function foundRed(task: Candidate, next: Candidate): Evidence | undefined {
  const [first] = next.work.checks;
  if (first?.verdict !== "fail" || first.line > (next.work.edits[0]?.line ?? 0)) return undefined;
  if (isRedone(task, next))
    return seenAt(next, first.line, "the next turn found a check failing, and its lines were rewritten");
  return isUnchecked(task) && mendedBy(next) === task
    ? weakly(seenAt(next, first.line, "the next turn found a check failing, and its files were changed"))
    : undefined;
}

/** A later turn changes the same files, or finds its checks red before it has changed anything. */
function isAboutIt(task: Candidate, later: Candidate): boolean {
  const own = editsOf(task);
  if (own.length === 0) return wroteUnseen(task) && later.work.lastChange > 0;
  const files = new Set(own.map(({ file }) => file));
  return editsOf(later).some(({ file }) => files.has(file)) || verdictBefore(later) === "fail";
}

/** A report of a failure is about the lines that a later turn changes for it; other code in the same file can fail, too. */
function isItsFault(task: Candidate, later: Candidate): boolean {
  if (!isAboutIt(task, later) || mendsAnother(task, later)) return false;
  if (wasGreen(later)) return later.work.checks[0]?.check.kind !== "lint" && rewritten(task, later).lines > 0;
  if (editsOf(task).length === 0 || verdictBefore(later) === "fail") return true;
  return rewritten(task, later).lines > 0 || (isUnchecked(task) && says(later.draft.prompt, "failure"));
}

/** Returns the turn that repairs what a prompt reports: the one after it if it changed nothing, because it was stopped or only explained. */
function repairOf(later: Candidate): Candidate {
  const { next } = later;
  if (!next || hasChanged(later)) return later;
  return ELSEWHERE.some((signal) => says(next.draft.prompt, signal)) ? later : next;
}

const ELSEWHERE = ["new-work", "other-matter", "finding"] as const;

/** Nothing showed that its code works. */
function isUnchecked(task: Candidate): boolean {
  return hasEditedCode(task) && passAfterChanges(task.work) === undefined;
}

/** The user reports a failing check, and the turn found it green before it changed anything. */
function wasGreen(turn: Candidate): boolean {
  const kind = turn.work.checks[0]?.check.kind;
  return !says(turn.draft.prompt, "symptom") && kind !== "build" && verdictBefore(turn) === "pass";
}

/** Returns what a turn's first check says, if it ran before the turn changed anything. */
function verdictBefore({ work }: Candidate): CheckVerdict | undefined {
  const [first] = work.checks;
  return first && first.line < (work.edits[0]?.line ?? Infinity) ? first.verdict : undefined;
}

/** It had an agent work whose transcript is not there, and which is not one that only reads. */
function wroteUnseen({ runs }: Candidate): boolean {
  return runs.some(
    (run) => isUnseen(run) && agentLabels(run.draft.thread.agentType ?? "")?.complexity !== "exploration",
  );
}

function isRedone(task: Candidate, later: Candidate | undefined): boolean {
  if (!later) return false;
  const own = editsOf(task);
  return later.work.edits.some((edit) => own.some((before) => redoes(edit, before)));
}

/** Its files were brought back from version control, without a commit in between that keeps them. */
function undone(task: Candidate, later: Candidate): Evidence | undefined {
  if (task.work.commits.length > 0 || says(later.draft.prompt, "changed-mind")) return undefined;
  const restore = later.work.restores.find(
    ({ line, restores }) =>
      !later.work.commits.some((commit) => commit.line < line) &&
      editsOf(task).some(({ file }) => (restores ?? []).some((path) => path !== "*" && isFile(file, path))),
  );
  return restore && seenAt(later, restore.line, "its files were restored from version control");
}

/** Evidence that somebody else did the work of a run again. */
export const GIVEN_OUT_AGAIN = "the same work was given out again";
export const DONE_AGAIN = "its parent did its lines again";

function runDoneAgain(task: Candidate): Evidence[] {
  const later = givenOutAgain(task);
  if (later) return [promptSays(later, GIVEN_OUT_AGAIN)];
  const { parent } = task;
  if (!parent) return [];
  const redone = parent.work.edits.find(
    (edit) => edit.at > task.endedAt && task.work.edits.some((own) => redoes(edit, own)),
  );
  if (redone) return [seenAt(parent, redone.line, DONE_AGAIN)];
  return correctedByUser(task, parent);
}

/** The next prompt corrects the answer of a turn that only passed on what the run did. */
function correctedByUser(task: Candidate, parent: Candidate): Evidence[] {
  const { next } = task;
  const { prompt } = next?.draft ?? {};
  if (!next || parent.kind !== "turn" || parent.work.edits.length > 0 || says(prompt, "finding")) return [];
  const hasEdits = task.work.edits.length > 0;
  // Of several runs, one that only read looks like the others.
  if (!hasEdits && (parent.runs.length > 1 || says(prompt, "other-matter"))) return [];
  if (isCorrection(prompt)) return [promptSays(next, "the next prompt corrects what it did")];
  return !hasEdits && says(prompt, "contradiction")
    ? [weakly(promptSays(next, "the next prompt contradicts its answer"))]
    : [];
}

/** Half of what an edit put there is taken away again, or all of it is reverted. */
function redoes(later: EditEvent, earlier: EditEvent): boolean {
  if (later.file !== earlier.file || later.line === earlier.line) return false;
  if (takesBack(later, earlier)) return true;
  const added = unpackHashes(earlier.added);
  if (added.length === 0) return false;
  const removed = new Set(unpackHashes(later.removed));
  const gone = added.filter((line) => removed.has(line)).length;
  return gone * 2 >= added.length;
}

/** A loop that ends green does not count as rework. Neither does one that was asked for or an experiment that looks for a cause. */
function inLoops(task: Candidate): Evidence[] {
  const { prompt } = task.draft;
  if (says(prompt, "asks-undo") || passAfterChanges(task.work)) return [];
  const looksForCause = prompt?.topics.some((topic) => topic.startsWith("debugging:")) === true;
  const loops = findLoops(task.work);
  const { checks, edits } = task.work;
  // One edit and its way back is an experiment.
  const wasTried =
    loops.some(({ kind }) => kind === "back-again") || (checks.length === 0 && edits.length > 2);
  if (wasTried && !looksForCause && endsWhereItBegan(task.work))
    return [seenAt(task, task.work.lastChange, "its files are back in an earlier state")];
  if (says(prompt, "expects-red")) return [];
  return loops
    .filter(({ kind }) => kind === "same-failure")
    .map(({ line }) => seenAt(task, line, "the same tests failed again, and nothing new was tried"));
}
