import { describe, expect, it } from "vitest";
import { ladder } from "../../src/executor/chain.ts";
import { InvalidInputError } from "../../src/errors.ts";
import type { CheckResult, Validator } from "../../src/executor/validate.ts";
import { codeOf } from "../../src/executor/validators/fenced.ts";
import { jsonSchema } from "../../src/executor/validators/schema.ts";
import { syntax } from "../../src/executor/validators/syntax.ts";
import { confidence, json, pattern } from "../../src/executor/validators/text.ts";
import { createRawExecutor, endOf, message, type RawApi, startRawApi } from "../helpers/raw-api.ts";

const check = async (
  validator: Validator,
  text: string,
  signal = new AbortController().signal,
): Promise<CheckResult> => validator.check({ text, message: undefined }, signal);
const passes = async (validator: Validator, text: string): Promise<boolean> =>
  (await check(validator, text)).ok;

/** Returns the longest stall of the event loop while something runs, in ms. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const tick = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await work();
  clearInterval(tick);
  return Math.max(longest, performance.now() - last);
}

/** Matches in time that doubles with each letter. */
const SLOW = "^(a+)+$";
const SLOW_TEXT = `${"a".repeat(40)}!`;

describe("a limit that holds", () => {
  const hostile: [string, Validator, string, string][] = [
    [
      "a pattern",
      pattern(new RegExp(SLOW), { timeoutMs: 300 }),
      SLOW_TEXT,
      "it takes more than 0.3 s to check",
    ],
    [
      "a schema with a pattern",
      jsonSchema({ type: "string", pattern: SLOW }, { timeoutMs: 300 }),
      JSON.stringify(SLOW_TEXT),
      "it takes more than 0.3 s to check",
    ],
    [
      "a schema that compares every element with every other",
      jsonSchema({ uniqueItems: true }, { timeoutMs: 300 }),
      JSON.stringify(Array.from({ length: 60_000 }, (_, index) => ({ index }))),
      "it takes more than 0.3 s to check",
    ],
    [
      "YAML of brackets",
      syntax("yaml", { timeoutMs: 300 }),
      "[".repeat(200_000),
      "it takes more than 0.3 s to check",
    ],
  ];
  for (const [name, validator, text, reason] of hostile)
    it(`${name} ends at its limit, and the event loop goes on`, async () => {
      let result: CheckResult | undefined;
      const began = performance.now();
      const stall = await longestStall(async () => (result = await check(validator, text)));
      expect(result).toEqual({ ok: false, reason });
      expect(performance.now() - began).toBeLessThan(3000);
      expect(stall).toBeLessThan(200);
    });

  it("a long JSON is parsed while the event loop goes on", async () => {
    let results: boolean[] = [];
    const texts = [JSON.stringify("y".repeat(20_000_000)), "[".repeat(5_000_000)];
    const stall = await longestStall(async () => {
      results = await Promise.all(texts.map((text) => passes(json({ timeoutMs: 30_000 }), text)));
    });
    expect(results).toEqual([true, false]);
    expect(stall).toBeLessThan(1000);
  });

  it("an abort ends a check at once, and the run with it", async () => {
    const api: RawApi = await startRawApi(({ body }) => ({ json: message(body.model, SLOW_TEXT) }));
    const executor = await createRawExecutor(api, { name: "p", chain: ladder("sonnet") });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 300);
    const validate = pattern(new RegExp(SLOW), { timeoutMs: 60_000 });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p", validate, signal: stop.signal }));
    expect([end.reason, end.trail]).toEqual(["aborted", ["sonnet aborted"]]);
    await api.close();
  });

  it("the run's deadline ends it too", async () => {
    const api: RawApi = await startRawApi(({ body }) => ({ json: message(body.model, SLOW_TEXT) }));
    const executor = await createRawExecutor(
      api,
      { name: "p", chain: ladder("sonnet") },
      { retry: { totalTimeoutMs: 500 } },
    );
    const validate = pattern(new RegExp(SLOW), { timeoutMs: 60_000 });
    expect((await endOf(executor.run({ taskType: "t", prompt: "p", validate }))).reason).toBe("deadline");
    await api.close();
  });

  it("twenty that hang keep no good one from being checked", async () => {
    const slow = pattern(new RegExp(SLOW), { timeoutMs: 200 });
    const quick = jsonSchema({ type: "object" });
    const results = await Promise.all([
      ...Array.from({ length: 20 }, () => passes(slow, SLOW_TEXT)),
      ...Array.from({ length: 20 }, () => passes(quick, "{}")),
    ]);
    expect(results.map(Number).join("")).toBe("0".repeat(20) + "1".repeat(20));
  });

  it("an answer that needs too much memory is turned down, and the process lives", async () => {
    const nested = jsonSchema({ $ref: "#/$defs/a", $defs: { a: { items: { $ref: "#/$defs/a" } } } });
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect((await check(nested, deep)).ok).toBe(false);
    expect(await passes(nested, "[[]]")).toBe(true);
  });

  it("confidence and fences are found in linear time", async () => {
    const text = `${" \n".repeat(300_000)}confidence${":".repeat(300_000)}`;
    const fences = "```js\n".repeat(200_000);
    const began = performance.now();
    await check(confidence({ atLeast: 0.5 }), text);
    codeOf(fences, ["python"]);
    codeOf(`${"`".repeat(1_000_000)}\n`);
    expect(performance.now() - began).toBeLessThan(1500);
  });
});

describe("drafts of JSON Schema", () => {
  const uris = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/schema#",
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "http://json-schema.org/schema#",
  ];
  for (const $schema of uris)
    it(`${$schema} is known`, async () => {
      const validator = jsonSchema({ $schema, type: "object", required: ["a"] });
      expect([await passes(validator, '{"a":1}'), await passes(validator, "{}")]).toEqual([true, false]);
    });

  const rows: [name: string, schema: object, good: string, wrong: string][] = [
    ["draft 4 bounds", { $schema: uris[0], minimum: 3, exclusiveMinimum: true }, "4", "3"],
    ["draft 4 bounds, unnamed", { minimum: 3, exclusiveMinimum: true }, "4", "3"],
    ["draft 6 bounds", { $schema: uris[2], exclusiveMinimum: 3 }, "4", "3"],
    ["tuples of draft 7", { $schema: uris[3], items: [{ type: "string" }] }, '["a"]', "[1]"],
    [
      "tuples of draft 7, unnamed",
      { items: [{ type: "string" }], additionalItems: false },
      '["a"]',
      '["a",1]',
    ],
    ["tuples of 2020-12, unnamed", { prefixItems: [{ type: "string" }], items: false }, '["a"]', '["a",1]'],
    ["dependentRequired, unnamed", { dependentRequired: { a: ["b"] } }, '{"a":1,"b":1}', '{"a":1}'],
    ["dependencies, unnamed", { dependencies: { a: ["b"] } }, '{"a":1,"b":1}', '{"a":1}'],
    [
      "unevaluatedProperties, unnamed",
      { properties: { a: {} }, unevaluatedProperties: false },
      '{"a":1}',
      '{"z":1}',
    ],
    ["definitions, unnamed", { $ref: "#/definitions/a", definitions: { a: { type: "string" } } }, '"a"', "1"],
    ["fields that every object has", { required: ["constructor"] }, '{"constructor":1}', "{}"],
    ["nullable of OpenAPI 3.0", { type: "string", nullable: true }, "null", "1"],
  ];
  for (const [name, schema, good, wrong] of rows)
    it(`${name} decide`, async () => {
      const validator = jsonSchema(schema);
      expect([await passes(validator, good), await passes(validator, wrong)]).toEqual([true, false]);
    });

  it("true and false are schemas too", async () => {
    expect([await passes(jsonSchema(true), "1"), await passes(jsonSchema(false), "1")]).toEqual([
      true,
      false,
    ]);
    expect(await passes(jsonSchema(true), "nothing")).toBe(false);
  });

  it("an unknown one, an asynchronous one and a wrong schema are errors of their writer", () => {
    for (const schema of [
      { $schema: "https://example.com/mine" },
      { $async: true },
      { type: "objekt" },
      { $ref: "https://a.b/c" },
      [],
    ])
      expect(() => jsonSchema(schema)).toThrow(InvalidInputError);
  });
});

describe("fences", () => {
  const rows: [string, string][] = [
    ['   ```json\n   {"a":1}\n   ```', '{"a":1}\n'],
    ['1. So:\n\n   ```json\n   {"a":1}\n   ```\n2. Done', '{"a":1}\n'],
    ['- ```json\n  {"a":1}\n  ```', '{"a":1}\n'],
    ['\ufeff{"a":1}', '{"a":1}'],
    ['\ufeff```json\n{"a":1}\n```', '{"a":1}\n'],
    ['> So:\n>\n> ```json\n> {"a":1}\n> ```', '{"a":1}\n'],
    ['```json\n\ufeff{"a":1}\n```', '{"a":1}\n'],
    ['```json\r\n{"a":1}\r\n```\r\n', '{"a":1}\r\n'],
    ['~~~ json\n{"a":1}\n~~~~', '{"a":1}\n'],
    ["````json\n```\n````", "```\n"],
    ['```json\n{"a":1}', '{"a":1}\n'],
    ["```JSON\n[]\n```", "[]\n"],
    ["```js\n1\n```\n```json\n[]\n```", "[]\n"],
    ["inline ```json {} ``` only", "inline ```json {} ``` only"],
    ["```diff\n> quoted in the code\n```", "> quoted in the code\n"],
    ["```js\n  indented\n\tmore\n```", "  indented\n\tmore\n"],
    ["    ```js\n      one\n  two\n    ```", "  one\ntwo\n"],
  ];
  for (const [text, code] of rows)
    it(`are found in ${JSON.stringify(text)}`, () => expect(codeOf(text, ["json"])).toBe(code));

  it("JSON in them passes", async () => {
    for (const [text] of rows.slice(0, 9)) expect(await passes(json(), text)).toBe(true);
  });
});

describe("confidence", () => {
  const validator = confidence({ atLeast: 0.8 });
  it("is the last one that is stated, and only its line leaves the answer", async () => {
    const text = "Confidence: 0.1\nAnswer\n**Confidence:** 85 %\n";
    expect(await passes(validator, text)).toBe(true);
    expect(validator.finish?.(text)).toBe("Confidence: 0.1\nAnswer");
  });
});

describe("syntax", () => {
  it("of YAML is parsed where it can be ended", async () => {
    expect(await passes(syntax("yaml"), "```yaml\na:\n  - b\n```")).toBe(true);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(check(syntax("yaml"), "a: b", stop.signal)).rejects.toThrow("enough");
  });
});
