import type { CauseGroup } from "../domain/cost-causes.ts";
import type { Leaf } from "../domain/ledger.ts";
import type { SimulatedAdvice, AdviceKind, Patch } from "../domain/simulation.ts";
import { formatCount, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";

/** Labels of the groups of causes. */
export const GROUP_LABELS: Readonly<Record<CauseGroup, string>> = {
  reread: "Read again",
  rewrite: "Written again",
  new: "New content",
  output: "Output",
  rest: "Other",
};

/** Labels of the causes inside their group. */
export const LEAF_LABELS: Readonly<Record<Leaf, string>> = {
  "reread.base": "base",
  "reread.prompt": "same prompt",
  "reread.earlier": "earlier prompts",
  "rewrite.pause-1h": "pause over 1 h",
  "rewrite.pause-5m": "pause 5–60 min",
  "rewrite.no-pause": "no pause",
  "rewrite.switch": "model switch",
  "rewrite.compaction": "compaction",
  "rewrite.rewind": "rewind",
  "rewrite.late": "cached late",
  "new.start": "session start",
  "new.tool": "tool results",
  "new.answer": "answers",
  "new.prompt": "prompts",
  "new.attachment": "attachments",
  "new.summary": "summaries",
  "new.unseen": "not in the transcript",
  "output.thinking": "thinking",
  "output.edits": "edits",
  "output.calls": "calls",
  "output.text": "text",
  "rest.input": "uncached input",
  "rest.search": "web searches",
  "rest.part": "other attempts",
};

/** Labels of content that came from no tool: of prompts and answers, and of what the client adds. */
export const CONTENT_LABELS: Readonly<Record<string, string>> = {
  answer: "Answers",
  prompt: "Prompts",
  summary: "Summaries",
  unseen: "Not in the transcript",
  image: "Images",
  note: "Notes of the client",
  skill: "Text of skills",
  invoked_skills: "Text of skills, repeated",
  skill_listing: "List of skills",
  agent_listing_delta: "List of agents",
  deferred_tools_delta: "List of tools",
  mcp_instructions_delta: "Instructions of MCP servers",
  command: "Commands of the client",
  interrupted: "Interruptions",
  server: "Tools of the API",
  unknown: "Unknown tools",
  base: "Base, written later",
  file: "Files in prompts",
  compact_file_reference: "Files named after a compaction",
  edited_text_file: "Changes to open files",
  nested_memory: "Memory of folders",
  instructions: "Instructions",
  hook_success: "Output of hooks",
  hook_additional_context: "Context from hooks",
  hook_blocking_error: "Errors of hooks",
  task_reminder: "Reminders of tasks",
  todo_reminder: "Reminders of to-dos",
  critical_system_reminder: "Reminders of the client",
  total_tokens_reminder: "Reminders of tokens used",
  plan_mode: "Plan mode",
  plan_mode_exit: "End of plan mode",
  session_context: "Context of the session",
  environment: "Environment",
  remote_session_change: "Changes of the session",
  diagnostics: "Problems in files",
  date: "Date",
  model: "Model",
  budget_usd: "Budget",
};

/** Returns what to change, in a few words. */
export function adviceTitle({ kind, subject, evidence, patch }: SimulatedAdvice): string {
  return TITLES[kind](evidence, subject, patch);
}

const tokens = (count = 0) => `${Math.round(count / 1000)}K`;

const TITLES: Readonly<
  Record<
    AdviceKind,
    (evidence: SimulatedAdvice["evidence"], subject: string, patch: readonly Patch[]) => string
  >
> = {
  "compact-window": ({ window }) => `Compact automatically at ${tokens(window)}`,
  "newer-model": () => "Use the newest model of each tier",
  "base-size": ({ firstPrompt = 0, removed = 0 }) =>
    `Shorten the first prompt: ${tokens(firstPrompt)} → ${tokens(firstPrompt - removed)}`,
  "cache-lifetime": (_, __, [patch]) =>
    patch?.type === "settings" && patch.values["promptCacheTtl"] === "5m"
      ? "Keep the cache for 5 minutes"
      : "Keep the cache for an hour",
  "cold-prompt": () => "Start a new session when the cache is cold",
  "clear-after-commit": () => "Start a new session after a commit",
  "explore-agent": () => "Explore in a Haiku agent",
  "big-results": () => "Read long files in parts",
  "one-call": () => "Look several things up in one request",
  "agent-model": (_, __, patch) => `Run ${agentNames(patch)} on Sonnet`,
  "main-model": (_, __, [patch]) =>
    `Implement on Sonnet, plan on ${patch?.type === "settings" && patch.values["env"] ? "Fable" : "Opus"}`,
  "quiet-agents": () => "Let background work report once",
  "avoid-loss": (_, subject) => `Keep the cache: ${SIGN_TITLES[subject] ?? subject}`,
};

/** Nouns for the occasions of each kind, one and many. */
const OCCASIONS: Readonly<Record<AdviceKind, readonly [string, string]>> = {
  "compact-window": ["compaction", "compactions"],
  "newer-model": ["request", "requests"],
  "cache-lifetime": ["session", "sessions"],
  "cold-prompt": ["new session", "new sessions"],
  "clear-after-commit": ["new session", "new sessions"],
  "base-size": ["session", "sessions"],
  "explore-agent": ["exploration", "explorations"],
  "big-results": ["long result", "long results"],
  "one-call": ["request less", "requests fewer"],
  "agent-model": ["agent run", "agent runs"],
  "main-model": ["session", "sessions"],
  "quiet-agents": ["wake-up", "wake-ups"],
  "avoid-loss": ["lost cache", "lost caches"],
};

/** Returns how often a change would have mattered: `12 new sessions`. */
export function occasionWords({ kind, occasions }: SimulatedAdvice): string {
  return plural(occasions, ...OCCASIONS[kind]);
}

function agentNames(patch: readonly Patch[]): string {
  const names = patch.flatMap((one) => (one.type === "agent" ? [one.name] : []));
  return names.length > 2 ? `${formatInteger(names.length)} agents` : names.join(" and ");
}

const SIGN_TITLES: Readonly<Record<string, string>> = {
  image: "images in a new session",
  skill: "large skills in an agent",
  mode: "permission mode from the start",
  effort: "effort from the start",
  tools: "MCP servers stay on",
  system: "settings stay as they are",
  resumed: "resume only the same work",
};

/** Labels of the numbers that advice counts. */
export const EVIDENCE_LABELS: Readonly<Record<string, string>> = {
  window: "window in tokens",
  longRequests: "requests above 200,000 tokens",
  longShare: "their share of the dollars",
  largest: "longest prompt in tokens",
  requests: "requests",
  families: "model families",
  firstPrompt: "median first prompt in tokens",
  systemAndTools: "of it system prompt and tools",
  removed: "tokens assumed to go",
  listing: "sessions that list skills and MCP servers",
  unusedSkills: "skills never called",
  unusedServers: "MCP servers never called",
  unusedPlugins: "plugins never used",
  unusedTokens: "tokens of these in a first prompt",
  thousandTokensUsd: "cost of 1,000 tokens of base",
  sessions: "sessions",
  gaps: "pauses of 5 to 60 minutes",
  costUsd: "what they cost",
  context: "median context in tokens",
  pauses: "caches lost in pauses",
  pauseUsd: "cost beyond reading",
  runs: "runs",
  tokens: "tokens that came in",
  results: "results above 5,000 tokens",
  carryUsd: "cost of what lies above 3,000 tokens each",
  single: "single exploration calls",
  known: "with an argument known before",
  types: "agent types",
  wakeUps: "wake-ups answered without a call",
  losses: "losses",
  lift: "times as many losses as usual",
  avoidableUsd: "avoidable cost",
};

/** Returns a patch in one line. */
export function patchLine(patch: Patch): string {
  switch (patch.type) {
    case "settings":
      return `${patch.scope} settings.json: ${settingWords(patch.values)}`;
    case "memory":
      return `CLAUDE.md: ${patch.text}`;
    case "agent":
      return `agents/${patch.name}.md: ${Object.entries(patch.values)
        .map(([key, value]) => `${key}: ${value}`)
        .join(", ")}`;
    case "hook":
      return `${patch.event} hook: ${patch.command}`;
    default:
      return patch.text;
  }
}

/** More names than this are counted; `--why` has them all. */
const MOST_NAMES = 4;

/** Settings as JSON without its braces; a long list of names as a count. */
function settingWords(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => `"${key}": ${countOf(value) ?? JSON.stringify(value).replaceAll('":', '": ')}`)
    .join(", ");
}

function countOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const names = Array.isArray(value) ? value : Object.keys(value);
  if (names.length > MOST_NAMES) return `(${names.length} names)`;
  const [only] = Array.isArray(value) ? [] : Object.entries(value);
  const inner = only && names.length === 1 ? countOf(only[1]) : undefined;
  return inner === undefined ? undefined : `{"${only?.[0]}": ${inner}}`;
}

/** Returns where a patch goes, in a word or two. */
export function patchPlace({ type }: Patch): string {
  return { settings: "settings", memory: "CLAUDE.md", agent: "agent file", hook: "hook", manual: "by hand" }[
    type
  ];
}

/** Returns a size of contexts: `100–150K`, `above 400K`. */
export function bandLabel(from: number, to: number | null): string {
  if (to === null) return `above ${formatCount(from).replace(/\.0K$/, "K")}`;
  return `${Math.round(from / 1000)}–${Math.round(to / 1000)}K`;
}

/** Returns a number that a change is measured by, with its unit. */
export function measuredValue(name: string, value: number): string {
  if (name.startsWith("share")) return formatShare(value);
  if (name.startsWith("dollars")) return formatUsd(value * 1e9);
  return Number.isInteger(value) ? formatInteger(value) : value.toFixed(1);
}
