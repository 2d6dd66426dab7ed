import { RolecallError, UsageError } from "../../errors.ts";
import {
  applyCascade,
  cascade,
  type Cascade,
  reapplyCascade,
  revertCascade,
  type RewrittenWinner,
} from "../../operations/cascade.ts";
import { cascadeJson, renderCascade, renderCascadeEvent } from "../../render/cascade.ts";
import { renderAnswer } from "../../render/json.ts";
import { plainLine } from "../../render/text.ts";
import { CASCADE_OPTIONS, cascadeOptionsFrom } from "../cascade-options.ts";
import { type CommandArgs, defineCommand } from "../command.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { surfaceOf } from "../report.ts";

type Args = CommandArgs<typeof CASCADE_OPTIONS>;

export default defineCommand({
  options: CASCADE_OPTIONS,
  examples: [
    ['rolecall cascade "fix the failing test" --verify "npm test"', "Try the cheapest model first"],
    [
      'rolecall cascade - --verify "make check" --max-usd 2 --apply < task.md',
      "Run it unattended, with a limit",
    ],
    ["rolecall cascade --undo", "Revert what the last cascade wrote"],
  ],
  async run(args, io) {
    if (args.undo !== undefined) return rewrite("undo", revertCascade(args.undo || undefined, io), args, io);
    if (args.redo !== undefined) return rewrite("redo", reapplyCascade(args.redo || undefined, io), args, io);
    const options = cascadeOptionsFrom(args);
    // The command line's parser makes "" of a lone "-".
    const prompt = args.prompt === "" || args.prompt === "-" ? await io.readStdin() : (args.prompt ?? "");
    if (prompt.trim() === "")
      throw new UsageError("cascade: no prompt", {
        hint: "Expected a text in quotes, or - to read stdin.",
      });
    const found = await interruptible((signal) =>
      cascade({ prompt, signal, ...options }, io, (event) => {
        if (!args.quiet) io.err(renderCascadeEvent(event));
      }),
    );
    if (!args.json) io.out(renderCascade(found, surfaceOf(args, io)));
    const { wanted, applied } = await applyOrKeep(found, args, io);
    if (args.json) io.out(renderAnswer("cascade", cascadeJson(found, applied)));
    return exitOf(found, applied === wanted);
  },
});

/** Applies the winner's changes on yes. What is not applied is kept. */
async function applyOrKeep(
  found: Cascade,
  args: Args,
  io: Io,
): Promise<{ wanted: boolean; applied: boolean }> {
  const { outcome, patch, run } = found;
  if (outcome.kind !== "won" || outcome.changes.length === 0) return { wanted: false, applied: false };
  const { winner } = outcome;
  if (!winner) {
    io.err("Nothing was written, because the changes cannot be kept first. The patch is in the output.\n");
    if (!args.json) io.out(patch);
    return { wanted: true, applied: false };
  }
  const wanted = args.apply || (!args.json && (await isConfirmed(io, "Apply this to your files? [y/N] ")));
  const error = wanted ? await apply(found, io) : undefined;
  if (wanted && error === undefined) {
    io.err(`Applied.\nTo revert: rolecall cascade --undo ${run}\n`);
    return { wanted, applied: true };
  }
  if (error) io.err(`${error}\n`);
  io.err(
    `Your files are as they were. The changes are kept:\n  rolecall cascade --redo ${run}\n  git apply ${winner.patchFile}\n`,
  );
  return { wanted, applied: false };
}

/** Writes the changes; returns why they cannot be written, if they cannot. */
async function apply(found: Cascade, { env }: Io): Promise<string | undefined> {
  try {
    const conflicts = await applyCascade(found, env);
    return conflicts.length === 0 ? undefined : `Nothing was written. ${inTheWay(conflicts)}`;
  } catch (error) {
    if (error instanceof RolecallError) return `Nothing was written: ${error.message}`;
    throw error;
  }
}

function inTheWay(conflicts: readonly string[]): string {
  return `Changed since the start, or reached through a link: ${plainLine(conflicts.join(", "))}`;
}

/** Work that passed the check only by what cannot be carried over is not usable as it is. */
function exitOf({ outcome }: Cascade, asWanted: boolean): ExitCode {
  if (outcome.kind !== "won" || !asWanted) return EXIT.no;
  return outcome.changes.length === 0 && outcome.leftOut.length > 0 ? EXIT.no : EXIT.ok;
}

function rewrite(how: "undo" | "redo", { winner, conflicts }: RewrittenWinner, args: Args, io: Io): ExitCode {
  const files = winner.changes.map(({ path }) => path);
  const done = conflicts.length === 0;
  if (args.json)
    io.out(renderAnswer("cascade", { run: winner.run, root: winner.root, files, [how]: done, conflicts }));
  else if (done)
    io.out(`${how === "undo" ? "Reverted" : "Applied"} ${files.length} files of cascade ${winner.run}.\n`);
  else io.err(`Nothing was written. ${inTheWay(conflicts)}\n`);
  return done ? EXIT.ok : EXIT.no;
}

async function isConfirmed(io: Io, question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test((await io.ask?.(question))?.trim() ?? "");
}
