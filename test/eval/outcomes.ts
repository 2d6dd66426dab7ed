import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { OUTCOMES } from "../../src/domain/task.ts";
import { analyzeFolder } from "../helpers/analyses.ts";
import { type Label, writeTaskScript } from "../helpers/task-script.ts";

const SCRIPTS = join(import.meta.dirname, "../../fixtures/tasks");

/** A labelled task beside what the rules made of it. */
export interface Judged {
  label: Label;
  /** Absent where the rules saw no task at all. */
  task?: JudgedTask;
}

/** Judges every labelled task of fixtures/tasks. */
export async function judgeLabelled(): Promise<Judged[]> {
  const root = mkdtempSync(join(tmpdir(), "rolecall-tasks-"));
  try {
    const labels = globSync("*.tasks", { cwd: SCRIPTS })
      .sort()
      .flatMap((file) =>
        writeTaskScript(readFileSync(join(SCRIPTS, file), "utf8"), basename(file, ".tasks"), root),
      );
    const analyses = await analyzeFolder(root);
    return labels.map((label, index) => {
      const ordinal = labels
        .slice(0, index)
        .filter((other) => other.session === label.session && other.agent === label.agent).length;
      const task = analyses
        .find(({ session }) => session === label.session)
        ?.tasks.filter(({ agent }) => agent === label.agent)[ordinal];
      return task ? { label, task } : { label };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The share of labels met, and the confusion of outcomes. */
export function score(judged: readonly Judged[]) {
  const share = (right: (of: Judged) => boolean): number => judged.filter(right).length / judged.length;
  return {
    tasks: judged.length,
    outcome: share(({ label, task }) => task?.outcome === label.outcome),
    complexity: share(({ label, task }) => task?.categories.complexity === label.complexity),
    category: share(({ label, task }) => task?.categories.category === label.category),
    acceptedThoughFailed: judged.filter(
      ({ label, task }) => label.outcome === "failed" && task?.outcome === "accepted",
    ),
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function confusion(judged: readonly Judged[]): string {
  const width = Math.max(...OUTCOMES.map(({ length }) => length)) + 2;
  const cells = (words: readonly (string | number)[]) =>
    words.map((word) => String(word).padStart(width)).join("");
  const rows = OUTCOMES.map((labelled) =>
    cells([
      labelled,
      ...OUTCOMES.map(
        (got) =>
          judged.filter(({ label, task }) => label.outcome === labelled && task?.outcome === got).length ||
          "·",
      ),
    ]),
  );
  return [cells(["labelled ↓ judged →", ...OUTCOMES]), ...rows].join("\n");
}

if (import.meta.main) {
  const judged = await judgeLabelled();
  const found = score(judged);
  console.log(confusion(judged));
  console.log(
    `\n${found.tasks} tasks: outcome ${percent(found.outcome)}, complexity ${percent(found.complexity)}, category ${percent(found.category)} right; ${found.acceptedThoughFailed.length} accepted that failed.`,
  );
  const verbose = process.argv.includes("--wrong");
  for (const { label, task } of judged)
    if (
      task?.outcome !== label.outcome ||
      (verbose &&
        (task.categories.complexity !== label.complexity || task.categories.category !== label.category))
    )
      console.log(
        `${label.at}: ${label.agent} is ${label.outcome} ${label.complexity} ${label.category}, judged ${task?.outcome} ${task?.categories.complexity} ${task?.categories.category} ${JSON.stringify(task?.evidence.map(({ line, why }) => `${line} ${why}`))} ${verbose ? task?.categories.from.join(" ") : ""}`,
      );
}
