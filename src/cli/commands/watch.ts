import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../errors.ts";
import { type OpenedHistory, openHistory } from "../../history/open-history.ts";
import { createLiveReader, type LiveReport } from "../../operations/live.ts";
import { plainText } from "../../render/text.ts";
import { renderWatch, watchJson } from "../../render/watch.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { OUTPUT_OPTIONS, PERIOD_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { createProgress } from "../progress.ts";
import { type ReportArgs, sourceFrom, surfaceOf } from "../report.ts";
import { Screen } from "../screen.ts";

export default defineCommand({
  options: {
    ...SOURCE_OPTIONS,
    timezone: PERIOD_OPTIONS.timezone,
    every: { type: "number", default: 2, requiresArg: true, describe: "Look every N seconds" },
    once: { type: "boolean", default: false, describe: "Show the picture once and exit" },
    json: { ...OUTPUT_OPTIONS.json, describe: "Write JSON lines for programs, one for each look" },
    color: OUTPUT_OPTIONS.color,
    quiet: OUTPUT_OPTIONS.quiet,
  },
  examples: [
    ["rolecall watch", "Watch sessions and agents at work; q quits"],
    ["rolecall watch --json | jq .perMinuteUsd", "Read the spend per minute in a script"],
    ["rolecall watch --once", "Show the same picture once"],
  ],
  async run(args, io) {
    if (!(args.every >= 0.1 && args.every <= 3600))
      throw new UsageError(`--every: invalid number of seconds "${args.every}"`, {
        hint: "Expected a number from 0.1 to 3600, such as 2.",
      });
    const { timezone } = periodFrom(args, io);
    const live = await openLive(args, io, timezone);
    const view = createView(args, io, timezone);
    try {
      await interruptible((signal) => look(live, view, args, AbortSignal.any([signal, view.quit]), io));
    } finally {
      view.close();
      live.close();
    }
    return EXIT.ok;
  },
});

interface WatchArgs extends ReportArgs {
  every: number;
  once: boolean;
}

/** A history that is read again and again. */
interface Live {
  read: (now: number) => LiveReport;
  update: () => Promise<void>;
  close: () => void;
}

async function openLive(args: WatchArgs, io: Io, timezone: string): Promise<Live> {
  const progress = createProgress(io, args.quiet ?? false);
  const options = { ...sourceFrom(args), needs: "agents", onProgress: progress.show } as const;
  let history: OpenedHistory = await openHistory(options, io.env, io.cwd);
  progress.clear();
  for (const notice of history.notices) io.err(`rolecall: ${plainText(notice)}\n`);
  let read = createLiveReader(history, timezone);
  return {
    read: (now) => read(now),
    async update() {
      try {
        await history.update();
      } catch (thrown) {
        history = await history.recover(thrown);
        read = createLiveReader(history, timezone);
      }
    },
    close: () => history.close(),
  };
}

/** Shows reports until somebody quits. */
async function look(live: Live, view: LiveView, args: WatchArgs, signal: AbortSignal, io: Io): Promise<void> {
  for (;;) {
    view.show(live.read(io.now()));
    if (args.once) return;
    try {
      await sleep(args.every * 1000, undefined, { signal });
    } catch {
      return; // somebody quit
    }
    await live.update();
  }
}

/** The place in which reports are shown. */
interface LiveView {
  show: (report: LiveReport) => void;
  /** Aborts when the user quits. */
  quit: AbortSignal;
  close: () => void;
}

function createView(args: WatchArgs, io: Io, timezone: string): LiveView {
  if (args.json) return plainView((report) => watchJson(report), io);
  const surface = surfaceOf(args, io);
  const linesOf = (report: LiveReport, size = surface, height = Infinity) =>
    renderWatch(report, timezone, size, height);
  if (args.once || io.columns === 0 || io.env["TERM"] === "dumb") {
    let last = "";
    return plainView((report) => {
      const text = `${linesOf(report).join("\n")}\n\n`;
      const isNew = text !== last;
      last = text;
      return isNew ? text.slice(0, args.once ? -1 : undefined) : "";
    }, io);
  }
  return screenView((report) => {
    const { columns, rows } = process.stdout;
    return linesOf(report, { ...surface, width: columns }, rows - 1);
  });
}

function plainView(textOf: (report: LiveReport) => string, io: Io): LiveView {
  return { show: (report) => io.out(textOf(report)), quit: new AbortController().signal, close: () => {} };
}

function screenView(linesOf: (report: LiveReport) => string[]): LiveView {
  const controller = new AbortController();
  let last: LiveReport | undefined;
  const draw = (): void => {
    if (last) screen.draw(linesOf(last));
  };
  const screen = new Screen({ onQuit: () => controller.abort(), onRedraw: draw });
  return {
    show(report) {
      last = report;
      draw();
    },
    quit: controller.signal,
    close: () => screen.close(),
  };
}
