/// <reference types="node" preserve="true" />
export { InvalidInputError, type InputProblem, RolecallError } from "./errors.ts";

// The analyzer: what was spent, how tasks ended, what would save money (docs/library.md).
export { History, openHistory } from "./library/history.ts";
export type { HistoryOptions } from "./library/history.ts";
export {
  costCauses,
  fallbacks,
  impact,
  patterns,
  recommend,
  roles,
  savings,
  sonnetOpusFallback,
  spend,
  tasks,
  whatIf,
} from "./library/reports.ts";
export type { CostCausesOptions, ReportOptions, SpendOptions, WhatIfOptions } from "./library/reports.ts";
export type { InDollars } from "./library/dollars.ts";
export type * from "./library/types.ts";

// The executor: one request, the models that may answer it, and a record of every attempt.
export { createCatalogue, createExecutor } from "./operations/executor.ts";
export type { CreateExecutorOptions } from "./operations/executor.ts";
export type { Catalogue, ExecutorModel, PricingTerms } from "./executor/catalogue.ts";
export type {
  Executor,
  ExecutorBreakers,
  ExecutorOptions,
  MessageOf,
  ProviderOf,
  Senders,
  TaskRunner,
} from "./executor/executor.ts";
export {
  ARCHITECT_EDITOR,
  HAIKU_CASCADE,
  ladder,
  POLICIES,
  SAME_MODEL,
  SONNET_TO_OPUS,
} from "./executor/chain.ts";
export type {
  Above,
  ArchitectPolicy,
  Chain,
  ChainPolicy,
  ChainStep,
  ClaudeId,
  ClaudeStep,
  ExecutorPolicy,
  OtherStep,
  PolicyName,
  PolicyOptions,
  Rising,
  StepOptions,
} from "./executor/chain.ts";
export { GaveUpError } from "./executor/run.ts";
export type { Hop, RunEvent, RunRequest, RunResult, RunTerms } from "./executor/run.ts";
export type { GiveUpReason } from "./executor/decide.ts";
export type { RunStream } from "./executor/stream.ts";
export type { CacheWish, Wish } from "./executor/shape.ts";
export type { BudgetLimits, Budgets, BudgetScope, PassedBudget } from "./executor/budget.ts";
export type { RetryRules } from "./executor/backoff.ts";
export type { BreakerRules, BreakerState, BreakerStatus } from "./executor/breaker.ts";
export type { Clock } from "./executor/clock.ts";

// Senders: one way to reach models each.
export { createAnthropicSender } from "./executor/anthropic.ts";
export type { AnthropicSenderOptions } from "./executor/anthropic.ts";
export { createOpenAiSender } from "./executor/openai.ts";
export type { OpenAiSenderOptions } from "./executor/openai.ts";
export { SendError } from "./executor/sender.ts";
export type {
  Answer,
  AnswerStart,
  ContentBlock,
  Message,
  PrefixLifetime,
  Sender,
  SendFault,
  SendHooks,
  SendRequest,
  StopReason,
  SystemBlock,
  Tool,
} from "./executor/sender.ts";

// Checks: whether an answer is good enough.
export { command } from "./executor/validators/command.ts";
export type { CommandOptions } from "./executor/validators/command.ts";
export { jsonSchema } from "./executor/validators/schema.ts";
export type { CheckLimits } from "./executor/validators/schema.ts";
export { syntax } from "./executor/validators/syntax.ts";
export type { Language } from "./executor/validators/syntax.ts";
export { confidence, json, pattern } from "./executor/validators/text.ts";
export { noRedFlags } from "./executor/red-flags.ts";
export type { AnswerCheck, CheckResult, Validator } from "./executor/validate.ts";

// Batches: work that can wait, at half price.
export { createAnthropicBatches } from "./executor/anthropic-batches.ts";
export { createBatchRunner } from "./executor/batch.ts";
export type {
  BatchOutcome,
  BatchResult,
  BatchRunner,
  BatchRunnerOptions,
  BatchSender,
  BatchState,
} from "./executor/batch.ts";
export { estimateBatch } from "./executor/batch-work.ts";
export type { BatchItem, BatchWork } from "./executor/batch-work.ts";

// Where attempts, breakers and batches are kept, and the units they are kept in.
export { openAttemptLog, openBatches, openBreakers, openStore } from "./operations/library-store.ts";
export type { Store } from "./operations/library-store.ts";
export type {
  AnswerCheckKind,
  Attempt,
  AttemptCause,
  AttemptLog,
  AttemptQuery,
  AttemptResult,
  Failure,
  HoldMoney,
  Telemetry,
} from "./domain/attempt.ts";
export type {
  BreakerChange,
  BreakerEvent,
  BreakerEventKind,
  BreakerKey,
  BreakerRecord,
  BreakerStore,
} from "./domain/breaker.ts";
export type { BatchJob, BatchStore } from "./domain/batch.ts";
export type { Effort, Family, Tier } from "./domain/model.ts";
export { fromUsd, toUsd } from "./domain/money.ts";
export type { NanoUsd } from "./domain/money.ts";
export type { RequestRules, ThinkingRule } from "./domain/request-rules.ts";
export type { Tokens, Usage } from "./domain/usage.ts";

// The cascade: headless Claude Code up a ladder of models, until a check passes.
export { applyCascade, cascade, reapplyCascade, revertCascade } from "./operations/cascade.ts";
export type { Cascade, CascadeOptions, RewrittenWinner, CascadeSurroundings } from "./operations/cascade.ts";
export type { CascadeAttempt } from "./cascade/attempt.ts";
export type { CascadeEvent, CascadeOutcome, CascadeResult, CascadeStep } from "./cascade/cascade.ts";
export type { CascadeStop } from "./cascade/decide.ts";
export type { FileChange, FileState } from "./cascade/file-state.ts";
export type { LeftOut, LeftOutReason } from "./cascade/left-out.ts";
export type { Winner, WinnerFacts } from "./cascade/winner.ts";

// Routing: where a prompt should start, before anything is sent.
export { classifyPrompt } from "./operations/route.ts";
export type { PromptContext } from "./operations/route.ts";
export type { Classify, Route } from "./executor/route.ts";

// The policy: which role runs on what, what will really run, and what keeps it from doing so.
export { loadPolicy } from "./policy/load-policy.ts";
export { roleOf } from "./domain/policy.ts";
export type { Assignment, Escalation, MainSession, Needs, Policy } from "./domain/policy.ts";
export { explain } from "./operations/explain.ts";
export type { Explanation, ExplainRequest } from "./operations/explain.ts";
export { runDoctor } from "./doctor/doctor.ts";
export type { DoctorReport } from "./doctor/doctor.ts";
export type { Symptom, SymptomCode } from "./domain/symptom.ts";

// The generator: what the policy makes of Claude Code's files, decided first and then carried out.
export { loadAdoption } from "./operations/adopt.ts";
export type { AdoptPlan, AdoptRequest } from "./operations/adopt.ts";
export { hasConflicts } from "./agents/change.ts";
export { applyPlan, hasDrift, loadPlan } from "./agents/load-plan.ts";
export type { Planned, PlanRequest } from "./agents/load-plan.ts";
export { applyUndo, loadUndo } from "./operations/undo.ts";
export type * from "./library/setup-types.ts";
