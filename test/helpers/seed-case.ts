import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The case of the guide on falling back from Sonnet 4.5 to Opus 4.5: 873 calls in 30 days up to 2026-01-08, 97 % of what
 * Sonnet began stayed there and 3 % went on to Opus. Its calls are about 6,800 tokens in and 15 out.
 */
export const SEED_CASE = {
  days: 30,
  since: "2025-12-10",
  until: "2026-01-08",
  sonnetAttempts: 848,
  opusFallbacks: 25,
  inputTokens: 6_800,
  outputTokens: 15,
} as const;

const MODELS = { sonnet: "claude-sonnet-4-5-20250929", opus: "claude-opus-4-5-20251101" } as const;

/** Writes the transcripts of the case below `root`: one session a day, each fallback a `/model opus` and the same prompt. */
export function writeSeedCase(root: string): void {
  const folder = join(root, "projects/-home-dev-guide");
  mkdirSync(folder, { recursive: true });
  const every = Math.floor(SEED_CASE.sonnetAttempts / SEED_CASE.opusFallbacks);
  let attempt = 0;
  let fallbacks = 0;
  for (let day = 0; day < SEED_CASE.days; day++) {
    const session = createSession(day);
    const until = Math.round(((day + 1) * SEED_CASE.sonnetAttempts) / SEED_CASE.days);
    for (; attempt < until; attempt++) {
      const prompt = `Look at module number ${attempt} and say what is missing there`;
      session.turn("sonnet", prompt);
      if (attempt % every !== 5 || fallbacks === SEED_CASE.opusFallbacks) continue;
      fallbacks++;
      session.switchTo("Opus 4.5");
      session.turn("opus", prompt);
      session.switchTo("Sonnet 4.5");
    }
    writeFileSync(
      join(folder, `${session.id}.jsonl`),
      session.lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  }
}

function createSession(day: number) {
  const id = `${String(day).padStart(8, "0")}-0000-4000-8000-000000000000`;
  const lines: object[] = [];
  let at = Date.parse(`${SEED_CASE.since}T09:00:00Z`) + day * 86_400_000;
  let number = 0;
  const common = () => ({
    uuid: `${id.slice(0, 24)}${String(++number).padStart(12, "0")}`,
    timestamp: new Date((at += 20_000)).toISOString(),
    isSidechain: false,
    userType: "external",
    cwd: "/home/dev/guide",
    sessionId: id,
    version: "2.0.76",
    gitBranch: "main",
  });
  const user = (content: string) =>
    lines.push({ type: "user", message: { role: "user", content }, ...common() });
  return {
    id,
    lines,
    switchTo(name: string) {
      user(
        `<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args></command-args>`,
      );
      user(`<local-command-stdout>Set model to \`${name}\`</local-command-stdout>`);
    },
    turn(tier: keyof typeof MODELS, prompt: string) {
      user(prompt);
      lines.push({
        type: "assistant",
        message: {
          id: `msg_01${id.slice(0, 8)}${String(number).padStart(10, "0")}`,
          type: "message",
          role: "assistant",
          model: MODELS[tier],
          content: [{ type: "text", text: "Nothing is missing." }],
          stop_reason: "end_turn",
          usage: {
            input_tokens: SEED_CASE.inputTokens,
            output_tokens: SEED_CASE.outputTokens,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
          },
        },
        requestId: `req_011${id.slice(0, 8)}${String(number).padStart(10, "0")}`,
        ...common(),
      });
    },
  };
}
