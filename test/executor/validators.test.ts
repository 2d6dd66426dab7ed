import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.ts";
import { combine, type Validator } from "../../src/executor/validate.ts";
import { command } from "../../src/executor/validators/command.ts";
import { jsonSchema } from "../../src/executor/validators/schema.ts";
import { type Language, syntax } from "../../src/executor/validators/syntax.ts";
import { confidence, json, pattern } from "../../src/executor/validators/text.ts";
import { verdictOf } from "./verdict.ts";

const passes = async (validator: Validator, text: string): Promise<boolean> =>
  (await verdictOf(validator, text)).ok;

const node = (script: string): [string, ...string[]] => [process.execPath, "-e", script];

describe("validators of text", () => {
  it("JSON may stand bare or in a fence, and nothing else passes", async () => {
    expect(await passes(json(), '{"a": 1}')).toBe(true);
    expect(await passes(json(), 'Here it is:\n```json\n{"a": 1}\n```\nAnything else?')).toBe(true);
    expect(await verdictOf(json(), "{a: 1}")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("not JSON"),
    });
    expect(await passes(json(), 'Here it is: {"a": 1}')).toBe(false);
  });

  it("a pattern with the global flag finds the same thing twice", async () => {
    const validator = pattern(/done/g);
    expect([await passes(validator, "done"), await passes(validator, "done")]).toEqual([true, true]);
    expect(await passes(validator, "not yet")).toBe(false);
  });

  it("stated confidence is read as a share or in percent, and its line leaves the answer", async () => {
    const validator = confidence({ atLeast: 0.8 });
    const lines = ["Confidence: 0.85", "**Confidence: 92%**", "confidence = 0.8"];
    expect(await Promise.all(lines.map((line) => passes(validator, `Answer\n${line}`)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await passes(validator, "Answer\nConfidence: 40%")).toBe(false);
    expect(await passes(validator, "Answer without a word about it")).toBe(false);
    expect(validator.finish?.("Answer\nConfidence: 0.85")).toBe("Answer");
  });
});

describe("a JSON Schema", () => {
  const validator = jsonSchema({
    type: "object",
    required: ["name", "age"],
    properties: { age: { type: "integer", minimum: 0 } },
  });

  it("turns down what does not fit, and says where", async () => {
    expect(await passes(validator, '{"name": "x", "age": 3}')).toBe(true);
    expect(await verdictOf(validator, '{"age": -1}')).toEqual({
      ok: false,
      reason: "does not fit the schema: / must have required property 'name'; /age must be >= 0",
    });
  });

  it("may be of the 2020-12 draft", async () => {
    const draft = "https://json-schema.org/draft/2020-12/schema";
    const tuple = jsonSchema({ $schema: draft, prefixItems: [{ type: "string" }] });
    expect(await passes(tuple, '["a"]')).toBe(true);
    expect(await passes(tuple, "[1]")).toBe(false);
  });

  it("that is wrong itself is an error of its writer", () =>
    expect(() => jsonSchema({ type: "objekt" })).toThrow(InvalidInputError));
});

describe("syntax", () => {
  const cases: [Language, string, string][] = [
    ["typescript", "enum A { B }\nexport const f = <T,>(x: T): T => x;", "const x: = 1;"],
    ["javascript", "import a from 'a';\nexport const x = await a;", "const x: number = 1;"],
    ["json", "[1]", "[1,]"],
    ["yaml", "a:\n  - b\n---\nc: d", "a: [b"],
    ["python", "def f(x):\n    return x", "def f(x)\n    return x"],
    ["bash", "if true; then echo; fi", "if true; then echo"],
  ];
  for (const [language, good, wrong] of cases)
    it(`${language}: what parses passes, what does not is turned down, or it is said that nobody looked`, async () => {
      expect(await passes(syntax(language), `\`\`\`${language}\n${good}\n\`\`\``)).toBe(true);
      const verdict = await verdictOf(syntax(language), wrong);
      expect(verdict.ok && verdict.note === undefined).toBe(false);
    });

  it("nothing of the code is run", async () => {
    const exit = "process.exit(3); throw new Error('ran');";
    expect(await verdictOf(syntax("javascript"), exit)).toEqual({ ok: true });
    expect(await verdictOf(syntax("typescript"), exit)).toEqual({ ok: true });
  });
});

describe("a command", () => {
  it("sees the answer's code in a folder of its own, and its exit code decides", async () => {
    const check = command(
      node("process.exit(require('./answer.js') === require('./wanted.json').n ? 0 : 1)"),
      {
        file: "answer.js",
        files: { "wanted.json": '{"n": 42}' },
      },
    );
    expect(await passes(check, "```js\nmodule.exports = 42;\n```")).toBe(true);
    expect(await passes(check, "module.exports = 41;")).toBe(false);
  });

  it("tells what it printed", async () => {
    const check = command(node("console.error('2 tests failed'); process.exit(1)"), { file: "a.txt" });
    expect(await verdictOf(check, "x")).toEqual({ ok: false, reason: "exit code 1: 2 tests failed" });
  });

  it("is killed with all it started when it takes too long", async () => {
    const script =
      "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {stdio: 'inherit'})";
    const check = command(node(script), { file: "a.txt", timeoutMs: 300 });
    expect(await verdictOf(check, "x")).toEqual({ ok: false, reason: "took more than 0.3 s" });
  });

  it("that is not there is no fault of the model", async () =>
    expect(verdictOf(command(["no-such-program-here"], { file: "a" }), "x")).rejects.toThrow(
      "not installed",
    ));

  it("writes nothing outside its folder", async () =>
    expect(verdictOf(command(["true"], { file: "../a" }), "x")).rejects.toThrow("outside"));
});

const checkAlone = (validator: Validator | undefined, text: string) =>
  (validator as unknown as { check(answer: object): unknown }).check({ text, message: {} });

describe("validators outside of a run", () => {
  it.each([
    ["a JSON Schema", jsonSchema({ type: "object" }), "{}", "[]"],
    ["syntax", syntax("json"), "{}", "{"],
    ["a pattern", pattern(/a/), "a", "b"],
    ["a command", command(node("require(process.cwd() + '/a.js')"), { file: "a.js" }), "1", "throw 1"],
    ["several", combine([jsonSchema({ type: "object" }), json()]), "{}", "[]"],
  ])("%s needs no signal", async (_what, validator, good, wrong) => {
    expect(await checkAlone(validator, good)).toMatchObject({ ok: true });
    expect(await checkAlone(validator, wrong)).toMatchObject({ ok: false });
  });
});

describe("several validators", () => {
  it("all have to pass; the first that does not is named", async () => {
    const both = combine([pattern(/a/), (text) => text.length > 3 || "too short"]);
    expect(both && (await verdictOf(both, "xxxx"))).toEqual({
      ok: false,
      check: "pattern",
      reason: "pattern: nothing in it matches /a/",
    });
    expect(both && (await verdictOf(both, "a"))).toEqual({
      ok: false,
      check: "function",
      reason: "check: too short",
    });
    expect(both && (await verdictOf(both, "aaaa"))).toEqual({ ok: true });
  });

  it("each sees the answer without what the ones before it asked for", async () => {
    const both = combine([confidence({ atLeast: 0.5 }), json()]);
    expect(both && (await verdictOf(both, '{"a": 1}\nConfidence: 0.9'))).toEqual({ ok: true });
    expect(both?.finish?.('{"a": 1}\nConfidence: 0.9')).toBe('{"a": 1}');
  });
});
