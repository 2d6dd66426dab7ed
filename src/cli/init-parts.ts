import { hasWork } from "../agents/load-plan.ts";
import { makeHooksFolder } from "../operations/sync-hook-state.ts";
import { applyParts, planParts } from "../operations/init-parts.ts";
import { changesJson, renderApplied, renderPartsPlan } from "../render/changes.ts";
import { renderAnswer } from "../render/json.ts";
import { createStyle } from "../render/style.ts";
import { askToWrite, type Consent } from "./confirm.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { ownCommand } from "./own-command.ts";
import { asWriter } from "./writer.ts";

/** Parts that `init` installs inside Claude Code, and how it is asked. */
export type PartsArgs = Consent & {
  user?: boolean | undefined;
  hooks?: boolean | undefined;
  statusline?: boolean | undefined;
  mcp?: boolean | undefined;
  diff?: boolean | undefined;
  json?: boolean | undefined;
};

/** Installs or removes parts of rolecall inside Claude Code, after asking; writes nothing else. */
export function initParts(args: PartsArgs, io: Io): Promise<ExitCode> {
  const { user, hooks, statusline, mcp, json, diff } = args;
  const place = { cwd: io.cwd, env: io.env, user };
  const surface = { width: io.columns, style: createStyle(io.color) };
  return asWriter("init", place, args, io, async () => {
    const plan = await planParts({ ...place, hooks, statusline, mcp, words: ownCommand(io.env) });
    if (!json) io.out(renderPartsPlan(plan, surface, { fullDiff: diff }));
    const declined = hasWork(plan.changes) ? await askToWrite("Write this?", args, io) : undefined;
    const written = declined === undefined ? applyParts(plan, io.now()) : [];
    // `asWriter` computes the state afterwards, on a machine that keeps states.
    if (declined === undefined && plan.hasParts) makeHooksFolder(io.env);
    const paths = written.map(({ path }) => path);
    const { notes, changes } = plan;
    if (json) io.out(renderAnswer("init", { changes: changesJson(changes), notes, written: paths }));
    else if (written.length > 0) io.out(renderApplied(written));
    return declined ?? EXIT.ok;
  });
}
