import { UsageError } from "../../errors.ts";
import { applyCascade, cascade, type Cascade, writePatch } from "../../operations/cascade.ts";
import { cascadeJson, renderCascade, renderCascadeEvent } from "../../render/cascade.ts";
import { renderAnswer } from "../../render/json.ts";
import { defineCommand } from "../command.ts";
import { CASCADE_OPTIONS, cascadeOptionsFrom } from "../cascade-options.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { surfaceOf } from "../report.ts";

export default defineCommand({
  options: CASCADE_OPTIONS,
  examples: [
    ['rolecall cascade "fix the failing test" --verify "npm test"', "haiku first, up to opus"],
    ['rolecall cascade - --verify "make check" --max-usd 2 --apply < task.md', "unattended, bounded"],
  ],
  async run(args, io) {
    // The command line's parser makes "" of a lone "-".
    const prompt = args.prompt === "" || args.prompt === "-" ? await io.readStdin() : (args.prompt ?? "");
    if (prompt.trim() === "")
      throw new UsageError("there is no prompt", { hint: "Write it, or - to read stdin." });
    const found = await interruptible((signal) =>
      cascade({ prompt, signal, ...cascadeOptionsFrom(args) }, io, (event) => {
        if (!args.quiet) io.err(renderCascadeEvent(event));
      }),
    );
    if (!args.json) io.out(renderCascade(found, surfaceOf(args, io)));
    const { wanted, applied, kept } = await settle(found, args, io);
    if (args.json) io.out(renderAnswer("cascade", cascadeJson(found, applied, kept)));
    return found.outcome.kind === "won" && applied === wanted ? EXIT.ok : EXIT.no;
  },
});

/** Applies the winner's changes on yes; what is not applied is kept as a patch. */
async function settle(
  found: Cascade,
  args: { apply?: boolean | undefined; json?: boolean | undefined },
  io: Io,
): Promise<{ wanted: boolean; applied: boolean; kept?: string }> {
  if (found.patch === "") return { wanted: false, applied: false };
  const wanted = args.apply || (!args.json && (await says(io, "Apply this to your files? [y/N] ")));
  const conflicts = wanted ? await applyCascade(found) : [];
  if (wanted && conflicts.length === 0) {
    io.err("Applied.\n");
    return { wanted, applied: true };
  }
  if (wanted)
    io.err(
      `Nothing was written: changed since the start, or reached through a link: ${conflicts.join(", ")}\n`,
    );
  const kept = writePatch(found, io.env);
  io.err(`Your files are as they were. The changes are kept: git apply ${kept}\n`);
  return { wanted, applied: false, kept };
}

async function says(io: Io, question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test((await io.ask?.(question))?.trim() ?? "");
}
