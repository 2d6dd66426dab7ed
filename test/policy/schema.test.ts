import { expect, it } from "vitest";
import { CONFIG_SCHEMA } from "../../src/history/config-schema.ts";
import { POLICY_SCHEMA } from "../../src/policy/schema.ts";

it("the schema of the configuration file that ships is the one that it is checked with", async () => {
  const shipped = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "rolecall configuration",
    ...CONFIG_SCHEMA,
  };
  await expect(`${JSON.stringify(shipped, null, 2)}\n`).toMatchFileSnapshot(
    "../../schema/config.schema.json",
  );
});

it("the schema that ships is the one that policies are checked with", async () => {
  const shipped = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "rolecall policy",
    ...POLICY_SCHEMA,
  };
  // `vitest run -u` writes it again.
  await expect(`${JSON.stringify(shipped, null, 2)}\n`).toMatchFileSnapshot(
    "../../schema/rolecall.schema.json",
  );
});
