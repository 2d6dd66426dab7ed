import { createRequire } from "node:module";
import type { Ajv, Options, ValidateFunction } from "ajv";
import { isObject } from "../../domain/objects.ts";
import { InvalidInputError, messageOf } from "../../errors.ts";
import { parseJson } from "./parse-json.ts";

/** Loaded with the first schema of a draft: most programs have none, and compiling is synchronous. */
const load = createRequire(import.meta.url);

type Compiler = Pick<Ajv, "compile" | "validateSchema" | "errorsText" | "errors">;

/** Only fields of the answer itself count: `constructor` is a field of every object. */
const OPTIONS: Options = {
  allErrors: true,
  strict: false,
  validateFormats: false,
  ownProperties: true,
  logger: false,
};

/** A draft of JSON Schema: how schemas name it, and its compiler. */
interface SchemaDraft {
  named: RegExp;
  uri: string;
  create: () => Compiler;
}

/** Newest first: a schema that names none is of the first draft that accepts it. */
const DRAFTS: readonly SchemaDraft[] = [
  {
    named: /draft\/2020-12|\/oas\/3\.1\/|json-schema\.org\/schema/,
    uri: "https://json-schema.org/draft/2020-12/schema",
    create: createDraft2020,
  },
  {
    named: /draft\/2019-09/,
    uri: "https://json-schema.org/draft/2019-09/schema",
    create: () => new (load("ajv/dist/2019.js") as typeof import("ajv/dist/2019.js")).Ajv2019(OPTIONS),
  },
  { named: /draft-07/, uri: "http://json-schema.org/draft-07/schema#", create: createDraft07 },
  { named: /draft-06/, uri: "http://json-schema.org/draft-06/schema#", create: createDraft06 },
  {
    named: /draft-04/,
    uri: "http://json-schema.org/draft-04/schema#",
    create: () => new (load("ajv-draft-04") as typeof import("ajv-draft-04")).default(OPTIONS),
  },
];

function createDraft2020(): Compiler {
  return new (load("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js")).Ajv2020(OPTIONS);
}

function createDraft07(): Ajv {
  return new (load("ajv") as typeof import("ajv")).Ajv(OPTIONS);
}

function createDraft06(): Compiler {
  return createDraft07().addMetaSchema(load("ajv/dist/refs/json-schema-draft-06.json") as object);
}

/**
 * Compiles a JSON Schema: of the draft that `$schema` names, otherwise of the newest draft that accepts it. Throws
 * InvalidInputError if it is invalid.
 */
export function compileSchema(schema: object | boolean): ValidateFunction {
  if (typeof schema === "boolean") return createDraft2020().compile(schema);
  if (!isObject(schema))
    throw new InvalidInputError("the JSON Schema", [
      { message: "not a schema", found: JSON.stringify(schema), expected: "an object, true or false" },
    ]);
  const named = (schema as { $schema?: string }).$schema;
  const drafts = named === undefined ? DRAFTS : DRAFTS.filter((draft) => draft.named.test(named));
  if (drafts.length === 0)
    throw new InvalidInputError("the JSON Schema", [
      {
        key: "$schema",
        message: "unknown draft",
        found: JSON.stringify(named),
        expected: "2020-12, 2019-09, draft 7, 6 or 4",
      },
    ]);
  if ("$async" in schema)
    throw new InvalidInputError("the JSON Schema", [
      { key: "$async", message: "asynchronous schemas are not supported" },
    ]);
  let problem = "";
  for (const { uri, create } of drafts)
    try {
      return create().compile({ ...schema, $schema: uri });
    } catch (thrown) {
      problem ||= messageOf(thrown);
    }
  throw new InvalidInputError("the JSON Schema", [{ message: problem }]);
}

/** Most problems that the model gets at once. */
const MOST_MISMATCHES = 5;
const compiled = new Map<string, ValidateFunction>();
const MOST_COMPILED = 50;

/** Returns how a JSON text does not fit a schema, both as text; empty: it fits. */
export function findMismatches(schema: string, code: string): string {
  let validate = compiled.get(schema);
  if (!validate) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(schema, (validate = compileSchema(JSON.parse(schema) as object | boolean)));
  }
  const { value, wrong } = parseJson(code);
  if (wrong !== "" || validate(value)) return wrong;
  const mismatches = (validate.errors ?? [])
    .slice(0, MOST_MISMATCHES)
    .map(({ instancePath, message }) => `${instancePath || "/"} ${message ?? ""}`);
  return `does not fit the schema: ${mismatches.join("; ")}`;
}
