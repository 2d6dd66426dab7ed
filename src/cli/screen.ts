/** Enters the alternate screen and hides the cursor; leaves both. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
const LEAVE = "\u001b[?25h\u001b[?1049l";

/** The events that a screen reports to its owner. */
export interface ScreenEvents {
  onQuit: () => void;
  /** Everything is to be drawn again: the terminal has another size, or the process continues after a stop. */
  onRedraw: () => void;
}

/** A full-screen view of the terminal of this process. Its owner closes it; the end of the process does as well. */
export class Screen {
  readonly #events: ScreenEvents;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(events: ScreenEvents) {
    this.#events = events;
    process.on("SIGTSTP", this.#onStop).on("SIGCONT", this.#onContinue).on("exit", this.#leave);
    process.stdout.on("resize", this.#onContinue);
    this.#enter();
  }

  /** Shows these lines. Writes only what differs from what is shown. */
  draw(lines: readonly string[]): void {
    const changes = lineChanges(this.#shown, lines);
    if (!this.#isOpen) return;
    if (changes !== "") process.stdout.write(changes);
    this.#shown = lines;
  }

  /** Leaves the terminal as it was before. */
  close(): void {
    this.#leave();
    process.off("SIGTSTP", this.#onStop).off("SIGCONT", this.#onContinue).off("exit", this.#leave);
    process.stdout.off("resize", this.#onContinue);
  }

  readonly #enter = (): void => {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { stdin, stdout } = process;
    if (stdin.isTTY) stdin.setRawMode(true).resume().on("data", this.#onKey);
    stdout.write(ENTER);
  };

  readonly #leave = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { stdin, stdout } = process;
    if (stdin.isTTY) stdin.off("data", this.#onKey).setRawMode(false).pause();
    stdout.write(LEAVE);
  };

  readonly #onKey = (key: Buffer): void => {
    const text = key.toString("latin1");
    if (text === "\u001a") process.kill(0, "SIGTSTP"); // Ctrl-Z is for all processes of the job
    if (text === "q" || text === "\u0003" || text === "\u0004") this.#events.onQuit();
  };

  readonly #onStop = (): void => {
    this.#leave();
    process.kill(process.pid, "SIGSTOP");
  };

  readonly #onContinue = (): void => {
    this.#shown = [];
    this.#enter();
    process.stdout.write("\u001b[2J");
    this.#events.onRedraw();
  };
}

/** Returns what to write to a terminal so that it shows other lines: only those that differ, and nothing when none do. */
export function lineChanges(before: readonly string[], after: readonly string[]): string {
  let changes = "";
  for (let row = 0; row < Math.max(before.length, after.length); row++)
    if (before[row] !== after[row]) changes += `\u001b[${row + 1};1H${after[row] ?? ""}\u001b[0m\u001b[K`;
  return changes;
}
