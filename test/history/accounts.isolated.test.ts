import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

/** Two accounts with a session each, a third that holds a copy of the first one's, and one store for all. */
function accounts() {
  const folder = temporaryFolder();
  const copy = (from: string, to: string) =>
    cpSync(join(RECORDINGS, from, "projects"), join(folder, to, "projects"), { recursive: true });
  copy("a-plain", "mine");
  copy("h-parallel", "hers");
  copy("a-plain", "copy");
  return folder;
}

describe("accounts", () => {
  let folder: string;
  beforeEach(() => {
    folder = accounts();
    process.env["ROLECALL_DB"] = join(folder, "rolecall.db");
    process.env["XDG_CONFIG_HOME"] = join(folder, "config");
  });

  const requests = async (dirs: string, ...args: string[]) => {
    const list = dirs
      .split(",")
      .map((name) => join(folder, name))
      .join(",");
    const { out, err, exit } = await runCli(["spend", "--all", "--json", ...args], {
      env: { CLAUDE_CONFIG_DIR: list },
    });
    if (exit !== 0) return err;
    const { total, rows } = JSON.parse(out) as { total: { requests: number }; rows: { key: object }[] };
    return { requests: total.requests, keys: rows.map(({ key }) => Object.values(key).join(" ")) };
  };

  const count = async (dirs: string, ...args: string[]) => {
    const found = await requests(dirs, ...args);
    return typeof found === "string" ? found : found.requests;
  };

  it("looking once at another folder does not change one's own numbers", async () => {
    const own = await count("mine");
    const hers = await count("hers");
    expect(own).toBeGreaterThan(0);
    expect(hers).not.toBe(own);
    expect(await count("mine")).toBe(own);
    expect(await count("mine", "--all-accounts")).toBe((own as number) + (hers as number));
  });

  it("a copy of one's folder counts in each, and once when both are shown", async () => {
    const own = await count("mine");
    expect(await count("copy")).toBe(own);
    expect(await count("mine")).toBe(own);
    expect(await count("mine,copy")).toBe(own);
    expect(await count("mine", "--all-accounts")).toBe(own);
    const { out } = await runCli(["sql", "--json", "SELECT count(*) FROM requests"], {
      env: { CLAUDE_CONFIG_DIR: join(folder, "mine") },
    });
    expect((JSON.parse(out) as { rows: number[][] }).rows).toEqual([[own]]);
  });

  it("one account is chosen by its folder or by its name in the configuration file", async () => {
    const hers = await count("hers");
    mkdirSync(join(folder, "config/rolecall"), { recursive: true });
    writeFileSync(
      join(folder, "config/rolecall/config.yaml"),
      `accounts:\n  hers: ${join(folder, "hers")}\n`,
    );
    expect(await count("mine,hers", "--account", join(folder, "hers"))).toBe(hers);
    expect(await count("mine", "--account", "hers")).toBe(hers);
    expect(await requests("mine,hers", "--by", "account")).toMatchObject({
      keys: expect.arrayContaining(["hers", join(folder, "mine")]),
    });
    expect(await count("mine", "--account", "his")).toContain(`--account: no transcripts of "`);
  });

  it("a link to a folder, or a slash at its end, is the same account", async () => {
    const own = await count("mine");
    symlinkSync(join(folder, "mine"), join(folder, "link"));
    expect(await count("link")).toBe(own);
    expect(await count("mine/")).toBe(own);
    expect(await count("mine", "--all-accounts")).toBe(own);
  });

  it("tells when the history of a folder that was moved is not shown", async () => {
    await count("hers");
    renameSync(join(folder, "hers"), join(folder, "moved"));
    const { err } = await runCli(["spend"], { env: { CLAUDE_CONFIG_DIR: join(folder, "mine") } });
    expect(err).toContain("hers, which no longer exists, is not shown; --all-accounts adds it");
  });

  it("a configuration file with a wrong key is refused with the nearest one", async () => {
    mkdirSync(join(folder, "config/rolecall"), { recursive: true });
    writeFileSync(join(folder, "config/rolecall/config.yaml"), "acounts: {}\n");
    expect(await count("mine")).toMatch(/config\.yaml:1 acounts: unknown key[^]*Try accounts/);
  });
});
