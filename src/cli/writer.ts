import { type AgentPlace, locateTarget } from "../agents/locate.ts";
import { syncHookState } from "../operations/sync-hook-state.ts";
import { asOnlyWriter } from "../operations/write-lock.ts";
import { RolecallError } from "../errors.ts";
import { plainText } from "../render/text.ts";
import type { Consent } from "./confirm.ts";
import type { Io } from "./io.ts";

/**
 * Runs a command that writes below a place while no other rolecall process does, so that its plan stays true until it has written. A dry
 * run does not take the lock.
 */
export function asWriter<T>(
  command: string,
  place: AgentPlace,
  { dryRun }: Consent,
  io: Io,
  run: () => Promise<T>,
): Promise<T> {
  if (dryRun) return run();
  return asOnlyWriter(
    place,
    {
      command: `rolecall ${command}`,
      onWait: (holder) =>
        io.err(
          `rolecall: waiting for ${holder ? `process ${holder.pid} (${plainText(holder.command)})` : "another rolecall"}, which is writing here\n`,
        ),
    },
    async () => {
      const result = await run();
      await syncHooks(place, io);
      return result;
    },
  );
}

/** Does the same for a command that also writes the user's settings. Takes the project's lock first, always in this order. */
export function asWriterOfUserToo<T>(
  command: string,
  place: AgentPlace,
  consent: Consent,
  io: Io,
  run: () => Promise<T>,
): Promise<T> {
  const user = { ...place, user: true };
  const isOneFolder = locateTarget(place).target.root === locateTarget(user).target.root;
  if (isOneFolder) return asWriter(command, place, consent, io, run);
  return asWriter(command, place, consent, io, () => asWriter(command, user, consent, io, run));
}

/** Updates the state of the hooks after files were written. A mistake in these does not undo the command: it is done. */
async function syncHooks(place: AgentPlace, io: Io): Promise<void> {
  try {
    await syncHookState(place, io.now());
  } catch (thrown) {
    if (!(thrown instanceof RolecallError)) throw thrown;
    io.err(`rolecall: the hooks go on with what they knew before: ${plainText(thrown.message)}\n`);
  }
}
