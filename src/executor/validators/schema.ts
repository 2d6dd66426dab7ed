import { Ajv, type AnySchema } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { InvalidInputError, messageOf } from "../../errors.ts";
import { bad, GOOD, type Validator } from "../validate.ts";
import { parseJson } from "./text.ts";

/** Problems told to the model at once. */
const TOLD = 5;

/**
 * The answer is JSON that fits a JSON Schema: draft 7, or draft 2020-12 where `$schema` says so. Formats are notes, not
 * rules. Throws InvalidInputError where the schema itself is wrong.
 */
export function jsonSchema(schema: object): Validator {
  const validate = compile(schema);
  return {
    name: "schema",
    check({ text }) {
      const { value, verdict } = parseJson(text);
      if (!verdict.ok) return verdict;
      if (validate(value)) return GOOD;
      const errors = validate.errors ?? [];
      const told = errors
        .slice(0, TOLD)
        .map(({ instancePath, message }) => `${instancePath || "/"} ${message ?? ""}`);
      return bad(`does not fit the schema: ${told.join("; ")}`);
    },
  };
}

function compile(schema: object): ReturnType<Ajv["compile"]> {
  const options = { allErrors: true, strict: false, validateFormats: false, logger: false } as const;
  const draft = (schema as { $schema?: unknown }).$schema;
  const ajv = String(draft).includes("2020-12") ? new Ajv2020(options) : new Ajv(options);
  try {
    return ajv.compile(schema as AnySchema);
  } catch (thrown) {
    throw new InvalidInputError("the JSON Schema", [{ message: messageOf(thrown) }]);
  }
}
