import type { Evidence } from "../../domain/task.ts";
import { type Candidate, lastRequest } from "./candidate.ts";
import { cameToItsEnd, endsInCall, wasLeftOpen } from "./ending.ts";
import { promptSays, seenAt, weakly } from "./evidence.ts";
import { isLintRed } from "./failed.ts";
import { planCarriedOutBy } from "./plans.ts";
import { says } from "./same-work.ts";

/** It was verified, committed or carried on with, or the user went on; an agent run ended with its report. */
export function isAccepted(task: Candidate): Evidence[] {
  if (task.kind === "agent-run") return [...verified(task), ...reported(task)];
  if (endsInCall(task) && !task.next) return [];
  return [...carriedOut(task), ...verified(task), ...committed(task), ...userWentOn(task)];
}

function carriedOut(task: Candidate): Evidence[] {
  const by = planCarriedOutBy(task);
  return by ? [promptSays(by, "its plan was approved and carried out")] : [];
}

/** The pass that counts comes after every change that the task or its agents made; prose that was written behind code needs no check. */
function verified(task: Candidate): Evidence[] {
  const all = [task, ...task.runs];
  if (all.every(({ work }) => work.checks.length === 0)) return [];
  const passes = all.flatMap((part) =>
    part.work.checks
      .filter(({ verdict, line, aside }) => verdict === "pass" && !aside && line >= part.work.lastChange)
      .map((run) => ({ part, run })),
  );
  const edits = all.flatMap(({ work }) => work.edits);
  const code = edits.filter(({ docs }) => !docs);
  const changedAt = Math.max(0, ...(code.length > 0 ? code : edits).map(({ at }) => at));
  const pass = passes.findLast(({ run }) => run.at >= changedAt);
  if (!pass || isLintRed(task)) return [];
  return [
    seenAt(
      pass.part,
      pass.run.line,
      changedAt > 0 ? "a check passed after its last change" : "a check passed",
    ),
  ];
}

/** Work in version control is done when it went through. */
function committed(task: Candidate): Evidence[] {
  const { commits, publishes, lastChange, edits } = task.work;
  const done = [...commits, ...publishes].findLast(({ line }) => line >= lastChange);
  if (!done) return [];
  const why = done.publishes ? "it was pushed" : "it was committed";
  const evidence = seenAt(task, done.line, why);
  return [edits.length === 0 ? evidence : weakly(evidence)];
}

function userWentOn(task: Candidate): Evidence[] {
  const { next, cleared } = task;
  if (wasLeftOpen(task)) return [];
  if (!next)
    return cleared
      ? [weakly({ ...cleared, why: "the user cleared the conversation and continued" })]
      : reportedToTeam(task);
  if (says(next.draft.prompt, "praise")) return [promptSays(next, "the user was content")];
  if (next.draft.prompt?.topics[0] === "git:commit" && task.work.lastChange > 0)
    return [promptSays(next, "the user had it committed")];
  return [weakly(promptSays(next, "the user continued"))];
}

/** A teammate works for the lead of its team, as an agent does for its parent. */
function reportedToTeam(task: Candidate): Evidence[] {
  return task.draft.prompt?.source === "other" ? endedWith("its report to the team", task) : [];
}

function reported(task: Candidate): Evidence[] {
  const { call, draft } = task;
  const ended = endedWith("its report", task);
  if (ended.length > 0) return ended;
  if (call?.status !== "completed" || !call.ok) return [];
  const evidence = { file: call.file, line: call.line, why: "the client reports that it completed" };
  return [draft.requests.length > 0 ? evidence : weakly(evidence)];
}

function endedWith(what: string, task: Candidate): Evidence[] {
  const last = lastRequest(task);
  return last && cameToItsEnd(task) ? [seenAt(task, last.line, `it ended with ${what}`)] : [];
}
