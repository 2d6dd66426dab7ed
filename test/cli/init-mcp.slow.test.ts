import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

let home: string;
let cwd: string;
let env: Record<string, string>;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-init-mcp-")));
  cwd = join(home, "shop-api");
  execFileSync("git", ["init", "-q", cwd]);
  mkdirSync(join(cwd, ".claude"));
  mkdirSync(join(home, ".claude"));
  writeFileSync(join(home, ".claude/settings.json"), '{ "model": "opus" }\n');
  env = { HOME: home, CLAUDE_CONFIG_DIR: join(home, ".claude"), PATH: process.env["PATH"] ?? "" };
  for (const name of ["XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"]) env[name] = join(home, name);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (...argv: string[]) => runCli(argv, { env, cwd });
const rolecall = async (...argv: string[]): Promise<string> => {
  const ran = await run(...argv);
  expect(ran).toMatchObject({ exit: 0 });
  return ran.out;
};
const read = (path: string) => readFileSync(join(cwd, path), "utf8");
const servers = () => JSON.parse(read(".mcp.json")) as { mcpServers: Record<string, object> };

/** Every file of the project, the configuration folder and the state of hooks with its bytes: not those of git and of caches. */
function everything(): Record<string, string> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(?:\.git|XDG_CACHE_HOME)\//.test(path));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(path, "latin1")]));
}

const SERVERS = [
  undefined,
  "{}",
  '{"mcpServers":{"db":{"command":"db-mcp","args":["--x"]}}}',
  '{\r\n\t"mcpServers": {\r\n\t\t"db": { "command": "db-mcp" }\r\n\t}\r\n}',
];
const SETTINGS = [undefined, '{"enabledMcpjsonServers":["db"]}\n', '{\n    "hooks": {}\n}'];

describe("rolecall init --mcp", () => {
  it.each(SERVERS.flatMap((server) => SETTINGS.map((settings) => [server, settings] as const)))(
    "with hooks and status line is reverted to the byte, in %j and %j",
    async (server, settings) => {
      if (server !== undefined) writeFileSync(join(cwd, ".mcp.json"), server);
      if (settings !== undefined) writeFileSync(join(cwd, ".claude/settings.local.json"), settings);
      const before = everything();
      for (const back of [["undo"], ["init", "--no-hooks", "--no-statusline", "--no-mcp"]]) {
        await rolecall("init", "--hooks", "--statusline", "--mcp", "--yes");
        expect(servers().mcpServers["rolecall"]).toEqual({
          command: process.execPath,
          args: [BIN, "mcp"],
        });
        expect(JSON.parse(read(".claude/settings.local.json"))).toMatchObject({
          enabledMcpjsonServers: expect.arrayContaining(["rolecall"]) as unknown,
        });
        await rolecall(...back, "--yes");
        expect(everything()).toEqual(before);
      }
    },
  );

  it("names the command where it is the one on the PATH, and nothing changes the second time", async () => {
    mkdirSync(join(home, "bin"));
    symlinkSync(BIN, join(home, "bin/rolecall"));
    env["PATH"] = join(home, "bin");
    await rolecall("init", "--mcp", "--yes");
    expect(servers()).toEqual({ mcpServers: { rolecall: { command: "rolecall", args: ["mcp"] } } });
    expect(await rolecall("init", "--mcp", "--yes")).toContain("Nothing to change.");
  });

  it("names the place of rolecall as it is now", async () => {
    const moved = '{"mcpServers":{"rolecall":{"command":"/old/node","args":["/old/dist/cli/bin.js","mcp"]}}}';
    writeFileSync(join(cwd, ".mcp.json"), moved);
    expect(await rolecall("init", "--mcp", "--yes")).toContain("names a folder of this machine");
    expect(servers().mcpServers["rolecall"]).toEqual({ command: process.execPath, args: [BIN, "mcp"] });
  });

  it("leaves a server of its name that the user wrote", async () => {
    const own = '{"mcpServers":{"rolecall":{"command":"rolecall","args":["mcp","--account","work"]}}}';
    writeFileSync(join(cwd, ".mcp.json"), own);
    expect(await rolecall("init", "--mcp", "--yes")).toContain("has a server rolecall already");
    expect(read(".mcp.json")).toBe(own);
    await rolecall("init", "--no-mcp", "--yes");
    expect(read(".mcp.json")).toBe(own);
  });

  it("says what to do for all projects of the user, and in a file that is no JSON", async () => {
    const { err, exit } = await run("init", "--mcp", "--user", "--yes");
    expect(exit).toBe(2);
    expect(err).toContain("Try claude mcp add --scope user rolecall -- rolecall mcp.");
    writeFileSync(join(cwd, ".mcp.json"), "{ broken");
    const broken = await run("init", "--mcp", "--yes");
    expect(broken.exit).toBe(2);
    expect(broken.err).toContain(".mcp.json: not a JSON object; nothing was written");
    expect(existsSync(join(cwd, ".claude/settings.local.json"))).toBe(false);
  });
});
