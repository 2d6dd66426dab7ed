import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const user = (content: unknown) => ({ type: "user", message: { role: "user", content } });
const HOUR_MS = 3_600_000;

/** Writes sessions in which an agent wrote `sum.txt`, an hour apart, the last an hour before `until`. Returns their agent ids. */
export function writePastRuns(
  claude: string,
  cwd: string,
  { agent, count, until, edits = true }: { agent: string; count: number; until: number; edits?: boolean },
): string[] {
  return Array.from({ length: count }, (_, i) => {
    const session = `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
    const agentId = `a${String(i).padStart(16, "0")}`;
    const folder = join(claude, "projects", cwd.replaceAll(/[^A-Za-z0-9]/g, "-"));
    mkdirSync(join(folder, session, "subagents"), { recursive: true });
    let at = until - (count - i) * HOUR_MS;
    const line = (id: string, parent: string | null, entry: object, more: object = {}) => {
      at += 1000;
      const common = { sessionId: session, cwd, version: "2.1.329", gitBranch: "main", userType: "external" };
      return `${JSON.stringify({ uuid: `${id}-${session}`, parentUuid: parent && `${parent}-${session}`, timestamp: new Date(at).toISOString(), ...common, ...entry, ...more })}\n`;
    };
    const usage = { input_tokens: 1000, output_tokens: 200 };
    const says = (id: string, content: object[]) => ({
      type: "assistant",
      requestId: `req-${id}-${i}`,
      message: {
        id: `msg-${id}-${i}`,
        type: "message",
        role: "assistant",
        model: "claude-opus-5-5",
        content,
        usage,
      },
    });
    const prompt = `Make the sum right, number ${i}`;
    const input = { subagent_type: agent, prompt, description: "sum" };
    const call = { type: "tool_use", id: `toolu-${i}`, name: "Agent", input };
    const own = { isSidechain: true, agentId };
    const tool = edits ? "Write" : "Read";
    const write = {
      type: "tool_use",
      id: `w-${i}`,
      name: tool,
      input: { file_path: join(cwd, "sum.txt"), content: "4\n" },
    };
    const result = (id: string, content: unknown) =>
      user([{ type: "tool_result", tool_use_id: id, content }]);
    const done = [{ type: "text", text: "Done." }];
    const opening =
      line("p1", null, { ...user("Fix the sum"), promptId: `prompt-${i}` }) +
      line("p2", "p1", says("call", [call]));
    const run =
      line("s1", null, user(prompt), own) +
      line("s2", "s1", says("write", [write]), own) +
      line("s3", "s2", result(`w-${i}`, "File created successfully"), {
        ...own,
        toolUseResult: { type: "create", filePath: join(cwd, "sum.txt"), content: "4\n" },
      }) +
      line("s4", "s3", says("end", done), own);
    const closing =
      line("p3", "p2", result(`toolu-${i}`, done), {
        toolUseResult: { status: "completed", agentId, agentType: agent, content: done },
      }) + line("p4", "p3", says("answer", done));
    writeFileSync(join(folder, session, "subagents", `agent-${agentId}.jsonl`), run);
    writeFileSync(
      join(folder, session, "subagents", `agent-${agentId}.meta.json`),
      JSON.stringify({ agentType: agent }),
    );
    writeFileSync(join(folder, `${session}.jsonl`), opening + closing);
    return agentId;
  });
}

/** Makes a repository whose one commit is of `date`. */
export function commitAt(cwd: string, date: string): void {
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) => execFileSync("git", args, { cwd, env });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "begin");
}
