import { beforeAll, afterAll, describe, expect, it } from "vitest";
import {
  type Example,
  type ExampleEnd,
  examplesInApi,
  examplesOnPage,
  LIBRARY_PAGES,
  runExamples,
} from "../helpers/examples.ts";
import { readPublicApi } from "../helpers/public-api.ts";
import { completion } from "../helpers/raw-api.ts";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const ON_PAGES: Example[] = LIBRARY_PAGES.flatMap(examplesOnPage);
const IN_API: Example[] = examplesInApi();

let api: ScriptedApi;
let ends: Map<string, ExampleEnd>;
beforeAll(async () => {
  api = await startScriptedApi({ route: answerOthers });
  ends = await runExamples([...ON_PAGES, ...IN_API], temporaryFolder(), api.url);
}, 120_000);
afterAll(() => api.stop());

/** A batch that has ended by the time anybody looks, and a compatible endpoint. */
function answerOthers(method: string, path: string): RouteAnswer | undefined {
  if (path === "/v1/chat/completions") return { body: completion("Hello") };
  if (!path.startsWith("/v1/messages/batches")) return undefined;
  if (path.endsWith("/results")) return { body: "" };
  const counts = { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 };
  const batch = {
    id: "msgbatch_1",
    processing_status: "ended",
    created_at: "2026-11-01T00:00:00Z",
    request_counts: counts,
    results_url: `${api.url}/v1/messages/batches/msgbatch_1/results`,
  };
  return { body: method === "GET" && path.endsWith("batches") ? { data: [batch], has_more: false } : batch };
}

describe("the pages of the library", () => {
  it("have examples", () => expect(ON_PAGES.length).toBeGreaterThan(13));

  for (const { name, code } of ON_PAGES)
    it(`${name} runs as it is`, () => {
      const { printed, failed } = ends.get(name) ?? {};
      expect(failed).toBeUndefined();
      expect(printed !== "" || !code.includes("console.log") || code.includes("batches.collect")).toBe(true);
    });
});

describe("the library", () => {
  /** The policies have one example together: that of POLICIES. */
  const WITHOUT = new Set(["ARCHITECT_EDITOR", "HAIKU_CASCADE", "SAME_MODEL", "SONNET_TO_OPUS"]);

  it("has an example of everything that can be called", () => {
    const shown = new Set(IN_API.map(({ name }) => name));
    const values = readPublicApi().filter(({ kind }) => kind !== "interface" && kind !== "type");
    expect(values.length).toBeGreaterThan(55);
    expect(values.filter(({ name }) => !shown.has(name) && !WITHOUT.has(name))).toEqual([]);
  });

  for (const { name, code } of IN_API)
    it(`the example of ${name} runs, and prints what its comments say`, () => {
      const { printed, failed } = ends.get(name) ?? {};
      expect(failed).toBeUndefined();
      expect(printed).not.toBe("");
      const comments = [...code.matchAll(/console\.log\(.*\); \/\/ ([\w.[\]]+)/gm)];
      for (const [, word = ""] of comments) expect(printed).toContain(word);
    });
});
