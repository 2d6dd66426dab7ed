import { createRequire } from "node:module";
import { Ajv, type Options, type ValidateFunction } from "ajv";
import Ajv04 from "ajv-draft-04";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { InvalidInputError, messageOf } from "../../errors.ts";
import { parseJson } from "./parse-json.ts";

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
    create: () => new Ajv2020(OPTIONS),
  },
  {
    named: /draft\/2019-09/,
    uri: "https://json-schema.org/draft/2019-09/schema",
    create: () => new Ajv2019(OPTIONS),
  },
  { named: /draft-07/, uri: "http://json-schema.org/draft-07/schema#", create: () => new Ajv(OPTIONS) },
  { named: /draft-06/, uri: "http://json-schema.org/draft-06/schema#", create: createDraft06 },
  {
    named: /draft-04/,
    uri: "http://json-schema.org/draft-04/schema#",
    create: () => new Ajv04.default(OPTIONS),
  },
];

function createDraft06(): Compiler {
  const meta = createRequire(import.meta.url)("ajv/dist/refs/json-schema-draft-06.json") as object;
  return new Ajv(OPTIONS).addMetaSchema(meta);
}

/**
 * Compiles a JSON Schema: of the draft that `$schema` names, otherwise of the newest draft that accepts it. Throws
 * InvalidInputError if it is invalid.
 */
export function compileSchema(schema: object | boolean): ValidateFunction {
  if (typeof schema === "boolean") return new Ajv2020(OPTIONS).compile(schema);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
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
