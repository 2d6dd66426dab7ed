import { fstatSync, writeSync } from "node:fs";

/** One of the two standard outputs. */
export interface Output {
  write: (text: string) => void;
  isTerminal: boolean;
  /** In columns; 0 unless it is a terminal. */
  columns: number;
  /** Calls back once everything is written. */
  whenWritten: (done: () => void) => void;
}

/**
 * Opens a standard output. Pipes and files are written to directly, because Node's streams take 10 ms to load. If the reader of a pipe is
 * slow, the rest goes through a stream after all.
 */
export function openOutput(name: "stdout" | "stderr"): Output {
  const fd = name === "stdout" ? 1 : 2;
  let stream = isDirect(fd) ? undefined : openStream(name);
  return {
    isTerminal: stream?.isTTY === true,
    columns: stream?.isTTY ? (stream.columns ?? 80) : 0,
    write(text) {
      const rest = stream ? text : writeDirectly(fd, text);
      if (rest.length > 0) (stream ??= openStream(name)).write(rest);
    },
    whenWritten: (done) => (stream ? stream.write("", (error) => error ?? done()) : done()),
  };
}

/** Returns whether an output is a pipe, a socket or a file. Terminals are character devices. */
function isDirect(fd: number): boolean {
  try {
    return !fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Returns what could not be written yet because the pipe is full. */
function writeDirectly(fd: number, text: string): Buffer {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.code !== "EAGAIN") stop(fd, error);
  }
  return rest;
}

function openStream(name: "stdout" | "stderr"): NodeJS.WriteStream {
  const stream = process[name];
  stream.on("error", (error: NodeJS.ErrnoException) => stop(stream.fd, error));
  return stream;
}

/** `rolecall … | head` closes the pipe early, which is not an error. A closed stderr cannot be reported anywhere. */
function stop(fd: number, error: NodeJS.ErrnoException): void {
  if (fd !== 1) return;
  if (error.code === "EPIPE") process.exit(process.exitCode);
  process.stderr.write(`rolecall: output: cannot be written: ${error.message}\n`);
  process.exit(2);
}
