import type { SwitchFacts } from "../hooks/model-switch.ts";
import { tierRank } from "../domain/model.ts";
import type { TierHint } from "../operations/hook.ts";
import { formatCount, formatUsd } from "./numbers.ts";
import { plainLine } from "./text.ts";

/** Describes a model switch before it happens: what it costs, and what speaks for the new model. */
export function switchSentence(facts: SwitchFacts): string {
  const { model, tokens, nano, freshNano, outcomes, policyModel } = facts;
  const parts = [
    ...(outcomes ? [`${model} succeeded in ${outcomes.accepted} of ${outcomes.known} tasks here`] : []),
    ...(tokens > 0
      ? [
          `this switch re-writes ${formatCount(tokens)} tokens${nano === undefined ? "" : `, about ${formatUsd(nano)}`}`,
        ]
      : []),
    ...(freshNano === undefined ? [] : [`a new session costs about ${formatUsd(freshNano)}`]),
    ...(policyModel === undefined ? [] : [`the policy has ${policyModel} here`]),
  ];
  return parts.length === 0 ? "" : `rolecall: ${plainLine(parts.join("; "))}.`;
}

/** Says that a prompt looks like work for another tier. Harder work is planned first. */
export function tierSentence({ tier, session, reasons }: TierHint): string {
  const how = tierRank(tier) > tierRank(session) ? "plan mode, or /model" : "/model";
  return plainLine(`rolecall: ${reasons[0] ?? "its words"}: ${tier} rather than ${session} (${how} ${tier})`);
}

/** Formats the answer that puts a model or an effort into an Agent call: the whole input goes back. */
export function updatedInputAnswer(input: Readonly<Record<string, unknown>>): string {
  return answerLine({ hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput: input } });
}

/** Formats the answer that adds a sentence to what the model reads. */
export function contextAnswer(event: string, text: string): string {
  return answerLine({ hookSpecificOutput: { hookEventName: event, additionalContext: text } });
}

/** Formats the answer that shows a sentence before a model switch; with `asks`, Claude Code asks as well and shows it there. */
export function switchAnswer(text: string, asks: boolean): string {
  if (!asks) return messageAnswer([text]);
  return answerLine({
    hookSpecificOutput: {
      hookEventName: "PreModelSwitch",
      permissionDecision: "ask",
      permissionDecisionReason: text,
    },
  });
}

/** Formats the answer that shows lines to the user, and not to the model. */
export function messageAnswer(lines: readonly string[]): string {
  return answerLine({ systemMessage: lines.join("\n") });
}

function answerLine(answer: object): string {
  return `${JSON.stringify(answer)}\n`;
}
