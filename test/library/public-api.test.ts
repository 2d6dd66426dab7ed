import { describe, expect, it } from "vitest";
import { readNames, readPublicApi } from "../helpers/public-api.ts";

const API = readPublicApi();

/** Types that signatures name for the compiler alone. */
const INTERNAL = new Set(["OpenedHistory", "DollarName", "Each", "Supplied"]);

describe("the public API", () => {
  it("has more than 55 functions and classes, and the types that they mention", () => {
    const types = API.filter(({ kind }) => kind === "interface" || kind === "type").length;
    expect(API.length - types).toBeGreaterThan(55);
    expect(types).toBeGreaterThan(200);
  });

  it("exports every type that an exported signature or type mentions", () => {
    const { exported, types } = readNames();
    const missing = API.flatMap(({ name, mentions }) =>
      [...mentions]
        .filter((type) => types.has(type) && !exported.has(type) && !INTERNAL.has(type))
        .map((type) => `${name}: ${type}`),
    );
    expect(missing).toEqual([]);
  });

  it("has a doc comment on each of them", () => {
    const bare = API.filter(({ comment }) => !/^\/\*\*\s+(?:\* )?[A-Z`]/.test(comment));
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it("has a doc comment on each of their members", () => {
    const bare = API.flatMap(({ name, bareMembers }) => bareMembers.map((member) => `${name}.${member}`));
    expect(bare).toEqual([]);
  });
});
