import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openTerminal } from "./terminal.ts";
import { type Tour, TOURS } from "./tours.ts";

const PAGES = join(import.meta.dirname, "../../docs/tours");
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** Plays a tour in a terminal of tmux, and returns its page. */
function play({ title, intro, megabytes = 0, steps }: Tour): string {
  const terminal = openTerminal(megabytes);
  try {
    const shown = steps.map(
      ({ why, line }) => `${why}\n\n\`\`\`console\n$ ${line}\n${terminal.type(line)}\n\`\`\`\n`,
    );
    return [`# ${title}\n`, `${intro} Recorded in a terminal of 100 columns.\n`, ...shown].join("\n");
  } finally {
    terminal.close();
  }
}

// After a change on purpose: npx vitest run --config vitest.slow.config.ts test/tours -u
describe.skipIf(!hasTmux)("a tour in tmux", () => {
  it.each(Object.entries(TOURS))("%s shows what its page shows", async (name, tour) => {
    await expect(play(tour)).toMatchFileSnapshot(join(PAGES, `${name}.md`));
  });

  it("and every page is one of a tour", () => {
    const pages = Object.keys(TOURS).map((name) => `${name}.md`);
    expect(
      readdirSync(PAGES)
        .filter((page) => page !== "README.md")
        .toSorted(),
    ).toEqual(pages.toSorted());
  });
});
