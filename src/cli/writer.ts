import type { Place } from "../agents/place.ts";
import { asOnlyWriter } from "../operations/write-lock.ts";
import { plainText } from "../render/text.ts";
import type { Consent } from "./confirm.ts";
import type { Io } from "./io.ts";

/**
 * Runs a command that writes below a place while no other process of rolecall does: what it shows stays true until it has written. A
 * dry run writes nothing and waits for nobody.
 */
export function asWriter<T>(
  command: string,
  place: Place,
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
    run,
  );
}
