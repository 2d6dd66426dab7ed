import { type Rung, selectRungs } from "./chain.ts";
import { deadlineSignal, unlessAborted } from "./clock.ts";
import type { RunRequest } from "./run.ts";
import type { Message } from "./sender.ts";
import { estimateTokens, shapeRequest, type Wish } from "./shape.ts";
import type { Validator } from "./validate.ts";
import type { ActiveRun, Phase, TaskState, World } from "./world.ts";

/** The rungs of the chain that this run may use, by its task type, its task and its length. */
export async function usableRungs(
  world: World,
  run: ActiveRun,
  wish: Wish,
  rungs: readonly Rung[],
  task: TaskState,
): Promise<Rung[]> {
  const room = run.request.maxTokens ?? world.maxTokens;
  const neededTokens = room + (await promptTokens(world, run, wish, rungs, room));
  const route = world.policy.routes[run.request.taskType];
  return selectRungs(rungs, { route, floor: task.floor, neededTokens }, world.catalogue);
}

const COUNT_TIMEOUT_MS = 30_000;

/** An upper guess where that fits everywhere; where it may not, the exact count, if the backend tells. */
async function promptTokens(
  world: World,
  run: ActiveRun,
  wish: Wish,
  rungs: readonly Rung[],
  room: number,
): Promise<number> {
  const guess = estimateTokens(wish);
  const first = rungs[0];
  const sender = first && world.senders.get(first.provider);
  if (!first || !sender?.countTokens || rungs.every(({ facts }) => guess + room <= facts.contextTokens))
    return guess;
  const { request } = shapeRequest(wish, first.facts, room);
  const limit = deadlineSignal(world.clock, run.signal, COUNT_TIMEOUT_MS);
  return unlessAborted(sender.countTokens(request, limit.signal), limit.signal)
    .catch(() => guess)
    .finally(limit.release);
}

/** What a request asks for, whichever way it was written. */
export function wishOf({ prompt, messages, ...wish }: RunRequest): Wish {
  return { ...wish, messages: messages ?? [{ role: "user", content: prompt }] };
}

/** With what the validators want the model to know. */
export function instructed(wish: Wish, validator: Validator | undefined): Wish {
  if (!validator?.instruction) return wish;
  return { ...wish, system: [wish.system, validator.instruction].filter(Boolean).join("\n\n") };
}

const ARCHITECT =
  "Reason about the following and say in prose how to do it: what to change, in which order, what to watch out for. " +
  "Somebody else writes the answer from what you say, so leave nothing out and do not write the answer itself.";

/** The architect's part of a wish. */
export function reasonedFirst(wish: Wish): Wish {
  const { tools: _tools, toolChoice: _choice, prefill: _prefill, ...prose } = wish;
  return { ...prose, system: [wish.system, ARCHITECT].filter(Boolean).join("\n\n") };
}

/** The editor's part of a wish. */
export function writtenFrom(wish: Wish, reasoning: string): Wish {
  const note: Message = {
    role: "user",
    content: `<reasoning>\n${reasoning}\n</reasoning>\nWrite the answer from this reasoning.`,
  };
  return { ...wish, messages: [...wish.messages, note] };
}

/** The wish with what was wrong with the answer before: as a conversation on the same model, as a note on another. */
export function wishFor(phase: Phase, { facts, step }: Rung): Wish {
  const { complaint } = phase;
  const wish: Wish = step.effort ? { ...phase.wish, effort: step.effort } : phase.wish;
  if (!complaint) return wish;
  const same = complaint.model === facts.id && complaint.text.trim() !== "";
  const said = same ? "Your answer was not accepted" : "An earlier answer to this was not accepted";
  return {
    ...wish,
    messages: [
      ...wish.messages,
      ...(same ? [{ role: "assistant" as const, content: complaint.text.trimEnd() }] : []),
      {
        role: "user",
        content: `${said}: ${complaint.reason}\nGive the whole answer again, with this put right.`,
      },
    ],
  };
}
