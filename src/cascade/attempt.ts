import { mkdir } from "node:fs/promises";
import type { Attempt, AttemptCause, AttemptResult } from "../domain/attempt.ts";
import { isEffort } from "../domain/model.ts";
import { fromUsd, toUsd, type NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { messageOf, RolecallError } from "../errors.ts";
import { type ClientEnd, runClaudeCode } from "./claude-code.ts";
import { sumUsage } from "./client-report.ts";
import type { CascadeEvent, CascadeRequest, CascadeStep, CascadeWorld } from "./cascade.ts";
import type { CascadeVerdict } from "./decide.ts";
import type { Signature } from "./left-out.ts";
import { judge } from "./judge.ts";
import type { LiveRun } from "./live-runs.ts";
import { placeIn } from "./place.ts";
import { type FailedCheck, formatPrompt } from "./prompt.ts";
import { endingOf, runShell } from "./shell.ts";
import type { Start } from "./start.ts";

/** One attempt that is to be made. */
export interface AttemptPlan {
  run: string;
  /** From 1 within the run. */
  number: number;
  step: CascadeStep;
  /** Index of the step. */
  stepIndex: number;
  cause: AttemptCause;
  folder: string;
  /** Signature of a folder that an earlier attempt left; a folder without one has to be made. */
  signature: Signature | undefined;
  before: FailedCheck | undefined;
  /** Cost of the attempts before. */
  spentNano: NanoUsd;
}

export interface AttemptWorld extends CascadeWorld {
  run: LiveRun;
  start: Start;
  onEvent: (event: CascadeEvent) => void;
}

/** An attempt with the words of the client that explain its result; these are shown and not stored. */
export interface CascadeAttempt extends Attempt {
  /** The client's own words; shown, not stored. */
  detail?: string;
}

/** The result of an attempt. */
export interface AttemptOutcome {
  attempt: CascadeAttempt;
  verdict: CascadeVerdict;
  signature: Signature;
}

/** Makes one attempt: the client works in the folder, the check decides, and telemetry keeps the result. */
export async function runAttempt(
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
): Promise<AttemptOutcome> {
  const { number, step, cause, folder } = plan;
  world.onEvent({ type: "attempt", number, step, cause });
  const signature = plan.signature ?? (await prepareFolder(folder, request, world));
  const pending = pendingAttempt(plan, world);
  world.run.note({ attempt: pending });
  const client = await runClaudeCode({
    program: world.client,
    ...step,
    prompt: formatPrompt(request.prompt, request.verify, plan.before),
    ...placeIn(folder, world),
    session: pending.session ?? "",
    allow: request.allow,
    ...(request.maxUsd !== undefined && { maxUsd: toUsd(fromUsd(request.maxUsd) - plan.spentNano) }),
    timeoutMs: request.attemptTimeoutMs,
    signal: request.signal,
    onStart: (pid) => world.run.note({ attempt: pending, child: pid }),
  });
  const verdict = await judgeOrRecord(client, plan, request, world, pending);
  const attempt = finishAttempt(pending, client, verdict, world);
  recordAttempt(attempt, world, verdict.kind === "accepted" ? { won: String(number) } : {});
  const detail = "detail" in verdict ? oneLine(verdict.detail) : "";
  const shown: CascadeAttempt = { ...attempt, ...(detail !== "" && { detail }) };
  world.onEvent({ type: "settled", number, attempt: shown });
  return { attempt: shown, verdict, signature };
}

async function prepareFolder(
  folder: string,
  request: CascadeRequest,
  world: AttemptWorld,
): Promise<Signature> {
  for (const path of await world.start.prepare(folder))
    world.onEvent({ type: "note", text: `not copied, because it cannot be read: ${path}` });
  // Git knows no empty folders, and the user may be in one.
  await mkdir(placeIn(folder, world).cwd, { recursive: true });
  if (request.setup !== undefined) {
    const end = await runShell(request.setup, placeIn(folder, world), {
      timeoutMs: request.verifyTimeoutMs,
      signal: request.signal,
      onStart: (pid) => world.run.note({ child: pid }),
    });
    if (end.exitCode !== 0 && !end.aborted)
      throw new RolecallError(`--setup: "${request.setup}" ${endingOf(end, request.verifyTimeoutMs)}`, {
        hint: end.output.trim().split("\n").slice(-5).join("\n  "),
      });
  }
  return world.start.sign(folder);
}

/** The attempt as it counts if rolecall is killed while it runs. */
function pendingAttempt({ run, number, step, stepIndex, cause }: AttemptPlan, world: AttemptWorld): Attempt {
  const facts = world.catalogue.find(step.model);
  return {
    id: world.newId(),
    run,
    source: "cascade",
    taskType: "cascade",
    policy: "cascade",
    index: number - 1,
    step: stepIndex,
    cause,
    provider: "anthropic",
    model: facts?.id ?? step.model,
    ...(facts?.tier && { tier: facts.tier }),
    ...(isEffort(step.effort) && { effort: step.effort }),
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

/** Judges an attempt, and records what it cost even if judging fails. */
async function judgeOrRecord(
  client: ClientEnd,
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
  pending: Attempt,
): Promise<CascadeVerdict> {
  try {
    return await judge(client, plan, request, world, pending);
  } catch (error) {
    const reason = "rolecall could not run the check";
    const verdict = { kind: "failed", failure: "unknown", reason, detail: messageOf(error) } as const;
    recordAttempt(finishAttempt(pending, client, verdict, world), world);
    throw error;
  }
}

function finishAttempt(
  pending: Attempt,
  { report }: ClientEnd,
  verdict: CascadeVerdict,
  { catalogue, now }: AttemptWorld,
): Attempt {
  const { reason: _, ...rest } = pending;
  const { servedModel } = report;
  // By the user's settings, a name may mean another tier's model: the tier that served counts.
  const tier = (servedModel && catalogue.find(servedModel)?.tier) || pending.tier;
  const costNano = report.costNano ?? priceReport(report, pending.at, catalogue);
  return {
    ...rest,
    ...(servedModel !== undefined && { servedModel }),
    ...(tier && { tier }),
    latencyMs: now() - pending.at,
    result: RESULTS[verdict.kind],
    ...(verdict.kind === "failed" && { failure: verdict.failure }),
    ...(verdict.kind === "failed" && verdict.status !== undefined && { status: verdict.status }),
    ...(verdict.kind !== "accepted" && {
      reason: verdict.kind === "rejected" ? `the check ${verdict.reason}` : verdict.reason,
    }),
    usage: sumUsage(report.usage.values()),
    ...(costNano !== undefined && { costNano }),
  };
}

const RESULTS: Readonly<Record<CascadeVerdict["kind"], AttemptResult>> = {
  accepted: "accepted",
  rejected: "rejected",
  late: "rejected",
  "over-budget": "rejected",
  refused: "refused",
  failed: "failed",
  aborted: "aborted",
};

/** The price of what a client reported without a sum of its own; undefined if that is not known. */
function priceReport(
  { ended, usage }: ClientEnd["report"],
  at: number,
  catalogue: CascadeWorld["catalogue"],
): NanoUsd | undefined {
  let sum = 0;
  for (const [model, tokens] of usage) {
    const price = catalogue.price(model, tokens, { at });
    if (price === undefined) return undefined;
    sum += price;
  }
  return ended === "done" && usage.size === 0 ? undefined : sum;
}

/** A store that does not work must not cost an attempt that was paid for. */
function recordAttempt(
  attempt: Attempt,
  { telemetry, run, onEvent }: AttemptWorld,
  state: { won?: string } = {},
): void {
  run.note({ attempt, ...state });
  try {
    telemetry.record(attempt);
  } catch (error) {
    onEvent({ type: "note", text: `the attempt cannot be stored: ${messageOf(error)}` });
  }
  run.note(state);
}

const DETAIL_CHARS = 300;

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").slice(0, DETAIL_CHARS);
}
