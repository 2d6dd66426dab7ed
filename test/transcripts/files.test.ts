import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";
import { locateTranscripts } from "../../src/transcripts/locate.ts";
import { compileWalk } from "../../src/transcripts/reader/module.ts";
import { createScanner } from "../../src/transcripts/scan.ts";
import { byModel, ingested, spentBy, temporaryFolder } from "../helpers/spend.ts";

const MODEL = "claude-sonnet-5-5";

function answer(id: number, output: number, text = "Done."): string {
  return JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    message: {
      model: MODEL,
      id: `msg_01${id}`,
      type: "message",
      role: "assistant",
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: output },
    },
    requestId: `req_01${id}`,
    type: "assistant",
    uuid: `u${id}`,
    timestamp: new Date(Date.UTC(2026, 10, 1) + id * 1000).toISOString(),
    cwd: "/home/dev/shop",
    sessionId: "s",
    version: "2.1.329",
  });
}

function toolResult(text: string): string {
  const message = { role: "user", content: [{ tool_use_id: "toolu_1", type: "tool_result", content: text }] };
  return JSON.stringify({
    parentUuid: null,
    message,
    type: "user",
    uuid: "r",
    timestamp: "2026-11-01T00:00:30Z",
  });
}

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

  it("end at a line break wherever the reading stops in between", async () => {
    const edge = (1 << 20) - answer(1, 50).length - 1;
    for (const off of [-2, -1, 0, 1, 2]) {
      const { root } = home(answer(1, 50), toolResult("").replace('"content":""', `"content":"${"y".repeat(edge - toolResult("").length + off)}"`), answer(2, 60)); // prettier-ignore
      expect(await spent(root)).toMatchObject({ requests: 2, output: 110 });
    }
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

  it("that are not there hold nothing", () => {
    expect(locateTranscripts(["/nowhere/at/all"])).toEqual({ files: [], unreadable: [] });
  });

  it("with a folder named like a transcript are no trouble", async () => {
    const { root } = home(answer(1, 50));
    mkdirSync(join(root, "projects/-home-dev-shop/folder.jsonl"));
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
