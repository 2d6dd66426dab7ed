import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";
import { locateTranscripts } from "../../src/transcripts/locate.ts";
import { compileWalk } from "../../src/transcripts/reader/module.ts";
import { createScanner } from "../../src/transcripts/scan.ts";
import { answer, MODEL, toolResult } from "../helpers/lines.ts";
import { byModel, ingested, spentBy, temporaryFolder } from "../helpers/spend.ts";

/** A configuration folder with one transcript. */
function home(...lines: string[]): { root: string; file: string } {
  const root = temporaryFolder();
  mkdirSync(join(root, "projects/-home-dev-shop"), { recursive: true });
  const file = join(root, "projects/-home-dev-shop/s.jsonl");
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return { root, file };
}

const spent = async (root: string) => spentBy(await ingested(root), byModel)[MODEL];

describe("lines of any length", () => {
  it.each([12, 50])("of %i MB are read, and what stands around them", async (megabytes) => {
    const filler = "x".repeat(megabytes * 1e6);
    const { root } = home(answer(1, 50), toolResult(filler), answer(2, 60, filler), answer(3, 70));
    expect(await spent(root)).toMatchObject({ requests: 3, output: 180 });
  });
});

describe("folders as they come", () => {
  it("with links in a loop, to nowhere and to the same file are walked once", async () => {
    const { root, file } = home(answer(1, 50));
    const projects = join(root, "projects");
    symlinkSync(projects, join(projects, "-home-dev-shop/loop"));
    symlinkSync("itself", join(projects, "itself"));
    symlinkSync("/nowhere/at/all.jsonl", join(projects, "-home-dev-shop/dangling.jsonl"));
    symlinkSync(file, join(projects, "-home-dev-shop/other.jsonl"));
    symlinkSync(root, join(root, "projects/again"));
    expect(locateTranscripts([root, root]).files).toHaveLength(1);
    expect(await spent(root)).toMatchObject({ requests: 1 });
  });

  it("that are linked to from elsewhere are read", async () => {
    const { root } = home(answer(1, 50));
    const linked = temporaryFolder();
    symlinkSync(join(root, "projects"), join(linked, "projects"));
    expect(await spent(linked)).toMatchObject({ requests: 1 });
  });

  it("called memory, tool-results or subagents are skipped inside a session, and are projects elsewhere", () => {
    const { root } = home(answer(1));
    const names = ["memory", "subagents", "tool-results"];
    for (const place of [...names, ...names.map((name) => `-home-dev-shop/s/${name}`)]) {
      mkdirSync(join(root, "projects", place), { recursive: true });
      writeFileSync(join(root, "projects", place, "agent-1.jsonl"), `${answer(2)}\n`);
    }
    const found = locateTranscripts([root]).files.map(({ path, session }) => [
      path.slice(root.length + "/projects/".length),
      session,
    ]);
    expect(found.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))).toEqual([
      ["-home-dev-shop/s.jsonl", "s"],
      ["-home-dev-shop/s/subagents/agent-1.jsonl", "s"],
      ...names.map((name) => [`${name}/agent-1.jsonl`, ""]),
    ]);
  });

  it("that are links to a folder around them are not walked: they lead to the whole disk", () => {
    const { root } = home(answer(1));
    const link = join(root, "projects/disk");
    symlinkSync("/", link);
    const { files, unreadable } = locateTranscripts([root]);
    expect(files).toHaveLength(1);
    expect(unreadable).toMatchObject([{ path: link }]);
  });

  it.skipIf(process.platform === "darwin")(
    "with names that are not UTF-8 count what they hold as unreadable",
    () => {
      const { root } = home(answer(1));
      const name = Buffer.concat([
        Buffer.from(join(root, "projects/-home-dev-shop/bad")),
        Buffer.from([0xff]),
      ]);
      writeFileSync(Buffer.concat([name, Buffer.from(".jsonl")]), `${answer(2)}\n`);
      const { files, unreadable } = locateTranscripts([root]);
      expect(files).toHaveLength(1);
      expect(unreadable.map(({ cause }) => String(cause))).toEqual([
        expect.stringContaining("not valid UTF-8"),
      ]);
    },
  );

  it("that are not there hold nothing", () => {
    expect(locateTranscripts(["/nowhere/at/all"])).toEqual({ files: [], unreadable: [] });
  });

  it("with folders and pipes named like transcripts are read, and those are counted", async () => {
    const { root } = home(answer(1, 50));
    const folder = join(root, "projects/-home-dev-shop/folder.jsonl");
    const pipe = join(root, "projects/-home-dev-shop/pipe.jsonl");
    mkdirSync(folder);
    execFileSync("mkfifo", [pipe]);
    const { unreadable } = locateTranscripts([root]);
    expect(unreadable.map(({ path }) => path).sort()).toEqual([folder, pipe]);
    const report = await ingest(openStore(":memory:"), [root], createModelTable());
    expect(report).toMatchObject({ files: 3, changed: 1 });
    expect(report.unreadable.map(({ message }) => message).sort()).toEqual([
      `Error: ${folder}: not a regular file`,
      `Error: ${pipe}: not a regular file`,
    ]);
    expect(await spent(root)).toMatchObject({ requests: 1 });
  });
});

describe("files that change", () => {
  it("and vanish between two looks are no trouble", () => {
    const { root, file } = home(answer(1, 50));
    const [located] = locateTranscripts([root]).files;
    rmSync(file);
    const scanner = createScanner(compileWalk());
    expect(scanner.scan({ path: located?.path ?? "", requests: {} })).toEqual({ status: "gone" });
  });

  it("keep their figures when they are gone, and do not count twice when they are back", async () => {
    const { root, file } = home(answer(1, 50), answer(2, 60));
    const store = openStore(":memory:");
    const models = createModelTable();
    const outputs: (number | undefined)[] = [];
    const step = async (change: () => void) => {
      change();
      await ingest(store, [root], models);
      outputs.push(spentBy(store, byModel)[MODEL]?.output);
    };
    await step(() => {});
    await step(() => rmSync(file));
    await step(() => writeFileSync(file, `${answer(1, 50)}\n${answer(2, 60)}\n`));
    await step(() => appendFileSync(file, `${answer(3, 70)}\n`));
    await step(() => truncateSync(file, answer(1, 50).length + 1));
    await step(() => appendFileSync(file, answer(4, 5).slice(0, 100)));
    await step(() => appendFileSync(file, answer(4, 5).slice(100)));
    await step(() => appendFileSync(file, "\n\n"));
    await step(() => writeFileSync(file, `${answer(1, 51)}\n`));
    expect(outputs).toEqual([110, 110, 110, 180, 50, 50, 55, 55, 51]);
  });

  it("inside without growing are read again", async () => {
    const filler = Array.from({ length: 200 }, () => toolResult("z".repeat(900)));
    const { root, file } = home(answer(1, 50), ...filler, answer(2, 60), ...filler);
    const store = openStore(":memory:");
    await ingest(store, [root], createModelTable());
    const text = [answer(1, 50), ...filler, answer(2, 61), ...filler].map((line) => `${line}\n`).join("");
    writeFileSync(file, text);
    await ingest(store, [root], createModelTable());
    expect(spentBy(store, byModel)[MODEL]).toMatchObject({ requests: 2, output: 111 });
  });
});
