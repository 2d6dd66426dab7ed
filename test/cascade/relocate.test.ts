import { describe, expect, it } from "vitest";
import {
  relocateBytes,
  relocateEnvironment,
  relocateLink,
  relocateText,
} from "../../src/cascade/relocate.ts";

const MOVE = { from: "/home/dev/shop", to: "/cache/1/home/dev/shop" };

describe("paths of a tree in its copy", () => {
  it.each([
    ["/home/dev/shop/src", "/cache/1/home/dev/shop/src"],
    ["/home/dev/shop", "/cache/1/home/dev/shop"],
    [
      "-I/home/dev/shop/include -L/home/dev/shop/lib",
      "-I/cache/1/home/dev/shop/include -L/cache/1/home/dev/shop/lib",
    ],
    ["file:///home/dev/shop/a", "file:///cache/1/home/dev/shop/a"],
    ["/home/dev/shop-api/src", "/home/dev/shop-api/src"],
    ["/home/dev/shop.old", "/home/dev/shop.old"],
    ["/home/dev/shop2:/home/dev/shop:/bin", "/home/dev/shop2:/cache/1/home/dev/shop:/bin"],
    ["relative/home/dev", "relative/home/dev"],
    ["/usr/home/dev/shop/x and usr/home/dev/shop/x", "/usr/home/dev/shop/x and usr/home/dev/shop/x"],
    ["A=/home/dev/shop;B='/home/dev/shop'", "A=/cache/1/home/dev/shop;B='/cache/1/home/dev/shop'"],
    ["sqlite:////home/dev/shop/db", "sqlite:////cache/1/home/dev/shop/db"],
    [
      "-isystem/home/dev/shop/a,--root=/home/dev/shop",
      "-isystem/cache/1/home/dev/shop/a,--root=/cache/1/home/dev/shop",
    ],
  ])("%s is %s", (text, moved) => expect(relocateText(text, MOVE)).toBe(moved));

  it("a short path is not found within longer ones", () => {
    const app = { from: "/app", to: "/cache/1/app" };
    const same = "/srv/app/lib:/usr/local/app src/app/x my-app/app /apple node_modules/app/app";
    expect(relocateText(same, app)).toBe(same);
    expect(relocateText("/app/bin:/srv/app:/app", app)).toBe("/cache/1/app/bin:/srv/app:/cache/1/app");
  });

  it("bytes that are not UTF-8 survive, and binary files are left alone", () => {
    const latin1 = Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from("/home/dev/shop/x")]);
    expect(relocateBytes(latin1, MOVE)).toEqual(
      Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from("/cache/1/home/dev/shop/x")]),
    );
    expect(relocateBytes(Buffer.from("/home/dev/shop\0"), MOVE)).toBeUndefined();
    expect(relocateBytes(Buffer.from("/home/dev/shop-api"), MOVE)).toBeUndefined();
    const umlaut = { from: "/home/jürg/shop", to: "/c/home/jürg/shop" };
    expect(relocateBytes(Buffer.from("in /home/jürg/shop/x"), umlaut)?.toString()).toBe(
      "in /c/home/jürg/shop/x",
    );
  });

  it("links change only if they lead into the tree by an absolute path", () => {
    expect(relocateLink("/home/dev/shop/a", MOVE)).toBe("/cache/1/home/dev/shop/a");
    for (const target of ["../shop/a", "/home/dev/shop2/a", "/usr/bin/python3"])
      expect(relocateLink(target, MOVE)).toBe(target);
  });

  it("variables that say where configuration and caches are stay", () => {
    const env = {
      HOME: "/home/dev/shop/.home",
      XDG_CACHE_HOME: "/home/dev/shop/.c",
      A: "/home/dev/shop/a",
      B: undefined,
    };
    expect(relocateEnvironment(env, MOVE)).toEqual({ ...env, A: "/cache/1/home/dev/shop/a" });
  });
});
