import { appendLog } from "../hooks/log.ts";
import { adviseOnFailure } from "../hooks/failures.ts";
import { type HookInput, readHookInput } from "../hooks/input.ts";
import { readSwitch, type SwitchFacts } from "../hooks/model-switch.ts";
import { type HookPlaces, locateHooks } from "../hooks/places.ts";
import { type CallScene, routeCall } from "../hooks/route-call.ts";
import { appendNote, countFailures, readNotes } from "../hooks/session-notes.ts";
import { type HookAdvice, type HookState, readState } from "../hooks/state.ts";
import { isFirstToday } from "../hooks/once-a-day.ts";
import { familyIn, type Tier } from "../domain/model.ts";
import type { Fields } from "../transcripts/fields.ts";
import type { PriceTag, PriceTagOptions } from "./price-tag.ts";

/** The answer of a hook, before it is put into words. */
export type HookResult =
  | { type: "input"; input: Fields }
  | { type: "context"; text: string }
  | { type: "switch"; facts: SwitchFacts; asks: boolean }
  | {
      type: "message";
      tag: PriceTag | undefined;
      advice: HookAdvice | undefined;
      tier: TierHint | undefined;
    };

/** The tier that the words of a prompt point to. */
export interface TierHint {
  tier: Tier;
  /** Tier of the session. */
  session: Tier;
  reasons: readonly string[];
}

export interface HookRequest {
  event: string;
  /** Input that Claude Code wrote on stdin. */
  stdin: string;
  env: NodeJS.ProcessEnv;
  now: number;
  priceTag: PriceTagOptions;
  /** Starts the process that counts outcomes, ends trials and computes a state again; the hook does not wait for it. */
  refresh: (state?: HookState) => void;
}

/** Returns whether the user switched all hooks of rolecall off. */
export function areHooksOff(env: NodeJS.ProcessEnv): boolean {
  return ["off", "0", "false", "no"].includes((env["ROLECALL_HOOKS"] ?? "").trim().toLowerCase());
}

/** Decides what a hook answers to one event; undefined for silence. Reads the state that was computed before and no history. */
export async function decideHook(request: HookRequest): Promise<HookResult | undefined> {
  const { event, env } = request;
  const input = readHookInput(request.stdin);
  if (!input) return undefined;
  const places = locateHooks(env);
  const state = readState(places, [env["CLAUDE_PROJECT_DIR"], input.cwd], env);
  if (isOfPlugin(env) && state?.hasSettingsHooks) return undefined; // or each failure would count twice
  const scene: EventScene = { ...request, input, places, state };
  switch (event) {
    case "PreToolUse":
      return state && isAgentTool(input) ? onAgentCall({ ...scene, state }) : undefined;
    case "PostToolUse":
    case "PostToolUseFailure":
      return state ? onToolResult({ ...scene, state }) : undefined;
    case "SubagentStop":
      return onAgentEnd(scene, input.agent);
    case "PreModelSwitch":
      return onModelSwitch(scene);
    default:
      return onPrompt(scene);
  }
}

/** Claude Code names the plugin to the hooks that come with it. */
function isOfPlugin(env: NodeJS.ProcessEnv): boolean {
  return (env["CLAUDE_PLUGIN_ROOT"] ?? "") !== "";
}

interface EventScene extends HookRequest {
  input: HookInput;
  places: HookPlaces;
  state: HookState | undefined;
}
type KnownScene = EventScene & { state: HookState };

/** Older versions call the tool Task. */
function isAgentTool({ tool }: HookInput): boolean {
  return tool === "Agent" || tool === "Task";
}

async function onAgentCall(scene: KnownScene): Promise<HookResult | undefined> {
  const { input, places, state, env } = scene;
  const failures = countFailures(readNotes(places, input.session, input.prompt));
  const model = failures.count > 0 ? await sessionModelOf(scene) : undefined;
  const calls: CallScene = {
    env,
    failures,
    sessionModel: () => model,
    routeByPrompt: await routerFor(state),
  };
  const { agent, put, why } = routeCall(input.toolInput, state, calls);
  if (Object.hasOwn(state.agents, agent) && state.agents[agent]?.writes)
    appendNote(places, input.session, { task: input.prompt, kind: "call", agent });
  log(scene, { agent, decision: put ? Object.values(put).join(" ") : "left", why });
  return put && { type: "input", input: { ...input.toolInput, ...put } };
}

/** The classifier takes a while to load, and few policies ask for it. */
async function routerFor({ agents }: HookState): Promise<CallScene["routeByPrompt"]> {
  if (!Object.values(agents).some(({ byPrompt }) => byPrompt))
    return () => ({ why: "no agent is routed by its prompt" });
  const { classifyPrompt } = await import("./route.ts");
  return (prompt, agent) => {
    const { tier, effort, complexity } = classifyPrompt(prompt, { agent });
    return { model: tier, effort, why: `no role: the prompt is ${complexity} work` };
  };
}

/** The model of the session's last request. */
async function sessionModelOf({ input }: EventScene): Promise<string | undefined> {
  if (input.transcript === undefined) return undefined;
  const { readLastUsage } = await import("../transcripts/last-usage.ts");
  return readLastUsage(input.transcript)?.model;
}

async function onToolResult(scene: KnownScene): Promise<HookResult | undefined> {
  const { event, input, places, state } = scene;
  if (isAgentTool(input)) return onAgentEnd(scene, agentNamed(input.toolInput));
  const hasFailed = event === "PostToolUseFailure";
  const { command } = input.toolInput;
  if (input.tool !== "Bash" || typeof command !== "string" || input.fields["is_interrupt"] === true)
    return undefined;
  const notes = readNotes(places, input.session, input.prompt);
  // A passed verification matters only after a failed one.
  if (!hasFailed && !notes.some(({ kind }) => kind === "fail")) return undefined;
  if (!(await isVerification(command, hasFailed, state))) return undefined;
  const note = { task: input.prompt, kind: hasFailed ? "fail" : "pass", agent: input.agent ?? "" } as const;
  appendNote(places, input.session, note);
  if (!hasFailed) return undefined;
  const failures = countFailures([...notes, note]);
  const route = Object.hasOwn(state.agents, failures.agent) ? state.agents[failures.agent] : undefined;
  const model = (route?.model ?? route?.tier) ? undefined : await sessionModelOf(scene);
  const { decision, why, text } = adviseOnFailure(failures, input, state, () => model);
  log(scene, { ...(failures.agent !== "" && { agent: failures.agent }), decision, why });
  return text === undefined ? undefined : { type: "context", text };
}

/** Returns whether a command's exit code is that of a verification. What parses shell lines takes 10 ms to load. */
async function isVerification(command: string, hasFailed: boolean, { verify }: HookState): Promise<boolean> {
  if (command.trim() === verify) return true;
  return (await import("../hooks/verification.ts")).tellsOutcome(command, hasFailed);
}

function agentNamed(toolInput: Fields): string | undefined {
  const name = toolInput["subagent_type"];
  return typeof name === "string" ? name : undefined;
}

/** A run of an agent on trial counts at once: the trial may be decided. */
function onAgentEnd({ state, refresh }: EventScene, agent: string | undefined): undefined {
  if (agent !== undefined && state && Object.hasOwn(state.agents, agent) && state.agents[agent]?.trial)
    refresh(state);
}

function onModelSwitch(scene: EventScene): HookResult | undefined {
  const { input, state } = scene;
  const mode = state?.rules.modelSwitch ?? "tell";
  const facts = mode === "off" ? undefined : readSwitch(input.fields, state);
  if (!facts) return undefined;
  log(scene, { decision: mode, why: `switch to ${facts.model}: ${facts.tokens} tokens to write again` });
  return { type: "switch", facts, asks: mode === "ask" };
}

/** Before a prompt, and when a session starts: the price of a cold cache, and once a day a line of advice. */
async function onPrompt(scene: EventScene): Promise<HookResult | undefined> {
  const { event, input, env, now, priceTag, places, state, refresh } = scene;
  if (event !== "SessionStart" && event !== "UserPromptSubmit") return undefined;
  const starts = event === "SessionStart";
  // The first session with the plugin has no state yet.
  if (starts && (state || isOfPlugin(env))) refresh(state);
  const isCold = !starts || input.fields["source"] === "resume";
  const tag = isCold
    ? await (await import("./price-tag.ts")).readPriceTag(event, input.fields, priceTag, env, now)
    : undefined;
  const hasAdvice = starts && state?.advice && isFirstToday(places, "advice", now);
  const advice = hasAdvice ? (state.advice ?? undefined) : undefined;
  if (advice) log(scene, { decision: "advice", why: advice.id });
  const tier = !starts && state?.rules.promptTier === "tell" ? await tierHint(scene) : undefined;
  return tag || advice || tier ? { type: "message", tag, advice, tier } : undefined;
}

/** Compares the tier that a prompt needs with the session's; silent in plan mode, and where the session's model is not known. */
async function tierHint(scene: EventScene): Promise<TierHint | undefined> {
  const { prompt, permission_mode: mode } = scene.input.fields;
  const session = familyIn((await sessionModelOf(scene)) ?? "");
  if (typeof prompt !== "string" || mode === "plan" || !session) return undefined;
  const { classifyPrompt } = await import("./route.ts");
  const { tier, reasons } = classifyPrompt(prompt);
  if (tier === session) return undefined;
  log(scene, { decision: `needs ${tier}`, why: `the session is on ${session}` });
  return { tier, session, reasons };
}

function log(
  { places, state, input, event, now }: EventScene,
  entry: { agent?: string; decision: string; why: string },
): void {
  // A session that began before the hooks were removed leaves no trace either.
  if (state) appendLog(places, { at: now, event, session: input.session, ...entry });
}
