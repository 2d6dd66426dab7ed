import type { RunRequest } from "./run.ts";
import type { ContentBlock, Message } from "./sender.ts";
import type { Wish } from "./shape.ts";
import { withoutThinking } from "./signatures.ts";
import { type ResolvedStep, selectSteps } from "./steps.ts";
import type { Validator } from "./validate.ts";
import type { ActiveRun, Phase, TaskState, ExecutorWorld } from "./world.ts";

/** Returns the steps of the chain that this run may use, by its task type, its task and the length of its prompt. */
export async function usableSteps(
  world: ExecutorWorld,
  run: ActiveRun,
  wish: Wish,
  steps: readonly ResolvedStep[],
  task: TaskState,
): Promise<ResolvedStep[]> {
  const room = run.request.maxTokens ?? world.maxTokens;
  const needed = new Map<ResolvedStep, number>();
  for (const step of steps) {
    const answerTokens = Math.min(room, step.facts.maxOutputTokens);
    const promptTokens = await promptTokensOn(run, step, wish, step.facts.contextTokens - answerTokens);
    needed.set(step, promptTokens + answerTokens);
  }
  return selectSteps(
    steps,
    {
      route: world.policy.routes[run.request.taskType],
      floor: task.floor,
      needed: (step) => needed.get(step) ?? 0,
    },
    world.catalogue,
  );
}

/** Returns the most that the prompt can have if that fits in any case, otherwise the backend's count, otherwise a guess. */
async function promptTokensOn(
  { length }: ActiveRun,
  step: ResolvedStep,
  wish: Wish,
  space: number,
): Promise<number> {
  const most = length.most(step, wish);
  if (most !== undefined && most <= space) return most;
  return (await length.count(step, wish)) ?? length.known(step, wish);
}

/** Returns what a request asks for, whichever way it was written. */
export function wishOf({ prompt, messages, ...wish }: RunRequest): Wish {
  return { ...wish, messages: messages ?? [{ role: "user", content: prompt }] };
}

/** Adds what the checks want the model to know. */
export function instructed(wish: Wish, validator: Validator | undefined): Wish {
  if (!validator?.instruction) return wish;
  return { ...wish, system: [wish.system, validator.instruction].filter(Boolean).join("\n\n") };
}

const ARCHITECT =
  "Reason about the following and say in prose how to do it: what to change, in which order, what to watch out for. " +
  "Somebody else writes the answer from what you say, so leave nothing out and do not write the answer itself.";

/** Returns the architect's part of a wish. */
export function reasonedFirst(wish: Wish): Wish {
  const { tools: _tools, toolChoice: _choice, prefill: _prefill, ...prose } = wish;
  return { ...prose, system: [wish.system, ARCHITECT].filter(Boolean).join("\n\n") };
}

/** Returns the editor's part of a wish. */
export function writtenFrom(wish: Wish, reasoning: string): Wish {
  const note: Message = {
    role: "user",
    content: `<reasoning>\n${reasoning}\n</reasoning>\nWrite the answer from this reasoning.`,
  };
  return { ...wish, messages: [...wish.messages, note] };
}

/** The wish for one step; thinking may have been left out for it. */
export interface StepWish {
  wish: Wish;
  thinkingLeftOut: boolean;
}

/**
 * Returns the wish as a step can take it: without the thinking of other models, and with what was wrong with the last answer,
 * as a conversation on the same model and as a note on another.
 */
export function wishFor(world: ExecutorWorld, phase: Phase, { facts, step }: ResolvedStep): StepWish {
  const isForeign = (block: ContentBlock): boolean =>
    (world.signatures.signerOf(block) ?? phase.signer) !== facts.id;
  const messages = withoutThinking(phase.wish.messages, isForeign);
  const wish: Wish = { ...phase.wish, messages, ...(step.effort && { effort: step.effort }) };
  return {
    wish: phase.complaint ? complained(wish, phase.complaint, facts.id) : wish,
    thinkingLeftOut: messages !== phase.wish.messages,
  };
}

function complained(wish: Wish, { model, text, reason }: NonNullable<Phase["complaint"]>, id: string): Wish {
  const same = model === id && text.trim() !== "";
  const said = same ? "Your answer was not accepted" : "An earlier answer to this was not accepted";
  return {
    ...wish,
    messages: [
      ...wish.messages,
      ...(same ? [{ role: "assistant" as const, content: text.trimEnd() }] : []),
      { role: "user", content: `${said}: ${reason}\nGive the whole answer again, with this put right.` },
    ],
  };
}
