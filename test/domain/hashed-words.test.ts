import { describe, expect, it } from "vitest";
import { isWithin, matchesFilter } from "../../src/domain/check.ts";
import { hashName, hashPath, hashWhole } from "../../src/domain/hashed-words.ts";

describe("paths as hashes", () => {
  it.each([
    ["src/a.test.ts", "src", true],
    ["src/a.test.ts", "src/a.test.ts", true],
    ["src/ab.ts", "src/a", false],
    ["tests/test_a.py::TestB::test_c", "tests/test_a.py::TestB", true],
    ["tests/test_a.py::TestB", "tests/test_a", false],
    ["/home/dev/shop/src/a.ts", "/home/dev", true],
    ["../other/a.ts", "../other", true],
  ])("%s within %s: %s", (path, area, expected) => {
    expect(isWithin(path, area)).toBe(expected);
    expect(isWithin(hashPath(path), hashPath(area))).toBe(expected);
  });

  it("hold no word, and stay as they are when they are hashed again", () => {
    for (const path of ["src/secret.ts", "@scope/secret", "C:/secret/a b/é漢", "a:secret::b", "secret[1]"]) {
      const hashed = hashPath(path);
      expect(hashed).toMatch(/^(?:¤[\da-z]{7}|\/|::)+$/);
      expect(hashPath(hashed)).toBe(hashed);
    }
    expect(hashPath("/../a/./")).toMatch(/^\/\.\.\/¤\w{7}\/\.\/$/);
  });
});

describe("names as hashes", () => {
  it.each([
    ["Test", "TestCacheHit", true],
    ["TestCache", "TestCacheHit", true],
    ["CacheHit", "TestCacheHit", true],
    ["test_cache", "test_cache_hit", true],
    ["adds two", "math adds two numbers", true],
    ["Cold", "TestCacheHit", false],
    ["cache", "TestCacheHit", false],
    ["HTTPServer", "TestHTTPServerStops", true],
    ["Test1", "Test12", false],
  ])("%s is part of %s: %s", (filter, name, expected) =>
    expect(matchesFilter([hashName(filter)], hashName(name))).toBe(expected),
  );

  it("hold no word, and stay as they are when they are hashed again", () => {
    for (const name of ["TestSecret_case-1", "secret (über) 漢字", "#private", "a.*b|c", "--lib=secret"]) {
      const hashed = hashName(name);
      expect(hashed).toMatch(/^(?:¤[\da-z]{7}|[\s_.:/-])+$/);
      expect(hashName(hashed)).toBe(hashed);
    }
    expect(hashWhole("-p=shop")).not.toBe(hashName("-p=shop"));
    expect(hashWhole("")).toBe("");
  });
});
