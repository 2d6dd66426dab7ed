/** Returns whether a response is a stream of events. Some gateways ignore that one was asked for, and send the whole answer. */
export function isStream({ headers }: Response): boolean {
  return !/^application\/json\b/i.test(headers.get("content-type") ?? "");
}

/** Time that a stream may take to close after its answer was whole. */
const CLOSING_MS = 1000;

/**
 * Reads a stream to its end, and returns whether the answer came whole. `read` calls back when it has: from then on the
 * answer counts, and is billed, whether the stream is closed, cut or left open.
 */
export async function readWhole(
  read: (onWhole: () => void) => Promise<void>,
  close: () => void,
  signal: AbortSignal,
): Promise<boolean> {
  const patience = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const onWhole = (): void => void (timer ??= setTimeout(patience.resolve, CLOSING_MS));
  try {
    await Promise.race([read(onWhole), patience.promise]);
  } catch (thrown) {
    if (timer === undefined || signal.aborted) throw thrown;
  } finally {
    clearTimeout(timer);
    close();
  }
  return timer !== undefined;
}
