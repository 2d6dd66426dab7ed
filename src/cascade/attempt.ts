import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Attempt, AttemptCause, AttemptResult } from "../domain/attempt.ts";
import { isEffort } from "../domain/model.ts";
import { fromUsd, toUsd, type NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { RolecallError } from "../errors.ts";
import type { CascadeEvent, CascadeRequest, CascadeRung, CascadeWorld } from "./cascade.ts";
import { type ClientEnd, runClaudeCode } from "./claude-code.ts";
import type { Verdict } from "./decide.ts";
import { withoutRepository } from "./git.ts";
import { type LiveRun, RUN_VARIABLE } from "./live-runs.ts";
import { formatPatch } from "./patch.ts";
import { type ProcessEnd, runProcess } from "./process.ts";
import { type Before, formatPrompt } from "./prompt.ts";
import type { Start } from "./start.ts";

/** One attempt that is to be made. */
export interface AttemptPlan {
  run: string;
  /** From 1 within the run. */
  number: number;
  rung: CascadeRung;
  /** Index of the rung. */
  step: number;
  cause: AttemptCause;
  folder: string;
  /** Whether the folder has to be made. */
  fresh: boolean;
  before: Before | undefined;
  /** What the attempts before cost. */
  spentNano: NanoUsd;
}

interface AttemptWorld extends CascadeWorld {
  run: LiveRun;
  start: Start;
  onEvent: (event: CascadeEvent) => void;
}

/** Makes one attempt: the client works in the folder, the check decides, and telemetry keeps what became of it. */
export async function runAttempt(
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
): Promise<{ attempt: Attempt; verdict: Verdict }> {
  const { number, rung, cause } = plan;
  world.onEvent({ type: "attempt", number, rung, cause });
  if (plan.fresh) await prepareFolder(plan, request, world);
  const pending = pendingAttempt(plan, world);
  world.run.note({ attempt: pending });
  const client = await runClaudeCode({
    program: world.client,
    ...rung,
    prompt: formatPrompt(request.prompt, request.verify, plan.before),
    ...placeOf(plan, world),
    session: pending.session ?? "",
    allow: request.allow,
    ...(request.maxUsd !== undefined && { maxUsd: toUsd(fromUsd(request.maxUsd) - plan.spentNano) }),
    timeoutMs: request.attemptTimeoutMs,
    signal: request.signal,
    onStart: (pid) => world.run.note({ attempt: pending, child: pid }),
  });
  const verdict = await judge(client, plan, request, world, pending);
  const attempt = settle(pending, client, verdict, world);
  world.telemetry.record(attempt);
  world.run.note({});
  world.onEvent({ type: "settled", number, attempt });
  return { attempt, verdict };
}

async function prepareFolder(plan: AttemptPlan, request: CascadeRequest, world: AttemptWorld): Promise<void> {
  await world.start.prepare(plan.folder);
  if (request.setup === undefined) return;
  const end = await runShell(request.setup, plan, request, world, (pid) => world.run.note({ child: pid }));
  if (end.exitCode !== 0 && !end.aborted)
    throw new RolecallError(`the set-up ${endingOf(end, request.verifyTimeoutMs)}: ${request.setup}`, {
      hint: end.output.trim().split("\n").slice(-5).join("\n  "),
    });
}

/** The attempt as it counts if rolecall is killed while it runs. */
function pendingAttempt({ run, number, rung, step, cause }: AttemptPlan, world: AttemptWorld): Attempt {
  const facts = world.catalogue.find(rung.model);
  return {
    id: world.newId(),
    run,
    source: "cascade",
    taskType: "cascade",
    policy: "cascade",
    index: number - 1,
    step,
    cause,
    provider: "anthropic",
    model: facts?.id ?? rung.model,
    ...(facts?.tier && { tier: facts.tier }),
    ...(isEffort(rung.effort) && { effort: rung.effort }),
    streamed: true,
    at: world.now(),
    delayMs: 0,
    latencyMs: 0,
    result: "aborted",
    reason: "rolecall was killed",
    session: world.newId(),
    usage: NO_USAGE,
  };
}

/** A client that declined or failed has nothing to check; otherwise the check decides, however the client ended. */
async function judge(
  { report, timedOut, aborted, output }: ClientEnd,
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
  pending: Attempt,
): Promise<Verdict> {
  if (aborted) return { kind: "aborted", reason: "stopped while the client was at work" };
  if (report.ended === "refused") return { kind: "refused", reason: oneLine(report.text) };
  if (report.ended === "failed") {
    const { failure = "unknown", status, text } = report;
    return { kind: "failed", failure, ...(status !== undefined && { status }), reason: oneLine(text) };
  }
  if (report.ended === "cut-off" && !timedOut)
    return {
      kind: "failed",
      failure: "unknown",
      reason: `the client ended early: ${oneLine(report.text || output)}`,
    };

  world.onEvent({ type: "check", number: plan.number });
  const check = await runShell(request.verify, plan, request, world, (pid) =>
    world.run.note({ attempt: pending, child: pid }),
  );
  if (check.aborted) return { kind: "aborted", reason: "stopped while the check ran" };
  if (check.exitCode === 0) return { kind: "accepted" };
  const reason = endingOf(check, request.verifyTimeoutMs);
  // 126 and 127 are the shell's: not to be run, not to be found.
  if (check.exitCode === 126 || check.exitCode === 127)
    return {
      kind: "failed",
      failure: "unknown",
      reason: `the check cannot be run: ${oneLine(check.output)}`,
    };
  if (timedOut) return { kind: "late", reason: `still at work after ${minutes(request.attemptTimeoutMs)}` };
  if (report.ended === "over-budget")
    return { kind: "broke", reason: `stopped at the limit of $${request.maxUsd}` };
  const changes = await world.start.changesIn(plan.folder);
  const fingerprint = createHash("sha256").update(formatPatch(changes)).digest("hex");
  return { kind: "rejected", reason, output: check.output, fingerprint };
}

function settle(pending: Attempt, client: ClientEnd, verdict: Verdict, world: AttemptWorld): Attempt {
  const { report } = client;
  const { reason: _, ...rest } = pending;
  const costNano =
    report.costNano ??
    world.catalogue.price(report.servedModel ?? pending.model, report.usage, { at: pending.at });
  return {
    ...rest,
    ...(report.servedModel !== undefined && { servedModel: report.servedModel }),
    latencyMs: world.now() - pending.at,
    result: RESULTS[verdict.kind],
    ...(verdict.kind === "failed" && { failure: verdict.failure }),
    ...(verdict.kind === "failed" && verdict.status !== undefined && { status: verdict.status }),
    ...(verdict.kind !== "accepted" && {
      reason: verdict.kind === "rejected" ? `the check ${verdict.reason}` : verdict.reason,
    }),
    usage: report.usage,
    ...(costNano !== undefined && { costNano }),
  };
}

const RESULTS: Readonly<Record<Verdict["kind"], AttemptResult>> = {
  accepted: "accepted",
  rejected: "rejected",
  late: "rejected",
  broke: "rejected",
  refused: "refused",
  failed: "failed",
  aborted: "aborted",
};

function runShell(
  command: string,
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
  onStart: (pid: number) => void,
): Promise<ProcessEnd> {
  return runProcess({
    command: "sh",
    args: ["-c", command],
    ...placeOf(plan, world),
    timeoutMs: request.verifyTimeoutMs,
    signal: request.signal,
    stopSignal: "SIGTERM",
    onStart,
  });
}

/** The same place in the copy as the user stands at in their tree. */
function placeOf(
  { folder }: AttemptPlan,
  { env, run, start }: AttemptWorld,
): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = join(folder, start.prefix);
  return { cwd, env: { ...withoutRepository(env), PWD: cwd, [RUN_VARIABLE]: run.folder } };
}

function endingOf({ exitCode, killedBy, timedOut }: ProcessEnd, timeoutMs: number): string {
  if (timedOut) return `had not ended after ${minutes(timeoutMs)}`;
  return exitCode === null ? `was ended by ${killedBy}` : `ended with exit code ${exitCode}`;
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 6000) / 10} min`;
}

const REASON_CHARS = 300;

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").slice(0, REASON_CHARS);
}
