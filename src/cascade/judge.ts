import { createHash } from "node:crypto";
import type { Attempt } from "../domain/attempt.ts";
import type { ProcessEnd } from "../executor/process.ts";
import { findAnswerFlags } from "../executor/red-flags.ts";
import type { AttemptPlan, AttemptWorld } from "./attempt.ts";
import type { CascadeRequest } from "./cascade.ts";
import type { ClientEnd } from "./claude-code.ts";
import type { CascadeVerdict } from "./decide.ts";
import type { FileChange } from "./file-state.ts";
import { formatPatch } from "./patch.ts";
import { placeIn } from "./place.ts";
import { endingOf, formatMinutes, runShell } from "./shell.ts";

/**
 * Judges an attempt. A client that declined or failed has nothing to check; otherwise the check decides, however the client
 * ended.
 */
export async function judge(
  client: ClientEnd,
  plan: AttemptPlan,
  request: CascadeRequest,
  world: AttemptWorld,
  pending: Attempt,
): Promise<CascadeVerdict> {
  const unchecked = judgeClient(client);
  if (unchecked) return unchecked;
  world.onEvent({ type: "check", number: plan.number });
  const check = await runShell(request.verify, placeIn(plan.folder, world), {
    timeoutMs: request.verifyTimeoutMs,
    signal: request.signal,
    onStart: (pid) => world.run.note({ attempt: pending, child: pid }),
  });
  const changesIn = () => world.start.changesIn(plan.folder);
  return await judgeCheck(check, client, request, changesIn);
}

async function judgeCheck(
  check: ProcessEnd,
  { report, timedOut }: ClientEnd,
  request: CascadeRequest,
  changesIn: () => Promise<readonly FileChange[]>,
): Promise<CascadeVerdict> {
  if (check.aborted) return { kind: "aborted", reason: "stopped while the check ran" };
  const flags = request.redFlags ? findAnswerFlags(report.text) : [];
  if (check.exitCode === 0 && flags.length === 0) return { kind: "accepted" };
  // 126 and 127 are the shell's: not executable, not found.
  if (check.exitCode === 126 || check.exitCode === 127)
    return {
      kind: "failed",
      failure: "unknown",
      reason: `the check cannot be run (exit code ${check.exitCode})`,
      detail: check.output,
    };
  if (timedOut)
    return { kind: "late", reason: `still working after ${formatMinutes(request.attemptTimeoutMs)}` };
  if (report.ended === "over-budget")
    return { kind: "over-budget", reason: `stopped at the limit of $${request.maxUsd}` };
  const fingerprint = createHash("sha256")
    .update(formatPatch(await changesIn()))
    .digest("hex");
  if (check.exitCode === 0)
    return {
      kind: "rejected",
      reason: `succeeded, but the answer ${flags.join(" and ")}`,
      output: "",
      fingerprint,
    };
  const reason = endingOf(check, request.verifyTimeoutMs);
  return { kind: "rejected", reason, output: check.output, fingerprint };
}

/** Judges a client that left nothing to check; undefined if there is something. */
function judgeClient({ report, timedOut, aborted, output }: ClientEnd): CascadeVerdict | undefined {
  const { text } = report;
  if (aborted) return { kind: "aborted", reason: "stopped while the client was working" };
  if (report.ended === "refused") return { kind: "refused", reason: "the model declined", detail: text };
  if (report.ended === "failed") {
    const { failure = "unknown", status } = report;
    const http = status === undefined ? "" : ` (HTTP ${status})`;
    const reason = `the request failed: ${failure}${http}`;
    return { kind: "failed", failure, ...(status !== undefined && { status }), reason, detail: text };
  }
  if (report.ended !== "cut-off" || timedOut) return undefined;
  return {
    kind: "failed",
    failure: "unknown",
    reason: "the client ended without a result",
    detail: text || output,
  };
}
