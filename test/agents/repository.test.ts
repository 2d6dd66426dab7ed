import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isPackage, readRepository } from "../../src/agents/repository/read.ts";
import { writeTree } from "../helpers/tree.ts";

type Files = Record<string, string>;
const pkg = (scripts: object, more: object = {}) => JSON.stringify({ scripts, ...more });
const TEST = pkg({ test: "run" });

/** A workflow of GitHub whose one job runs these steps. */
const workflow = (...steps: string[]): Files => ({
  ".github/workflows/ci.yml": `on: [push]\njobs:\n  check:\n    steps:\n${steps.map((step) => `      - run: ${step}\n`).join("")}`,
});

const COMMANDS: [command: string | undefined, files: Files, folder?: string][] = [
  ["npm test", { "package.json": TEST }],
  ["npm test", { "package.json": TEST, "package-lock.json": "" }],
  ["pnpm test", { "package.json": TEST, "pnpm-lock.yaml": "" }],
  ["yarn test", { "package.json": TEST, "yarn.lock": "" }],
  ["bun run test", { "package.json": TEST, "bun.lock": "" }],
  [
    "yarn test",
    { "package.json": pkg({ test: "x" }, { packageManager: "yarn@4.5.0" }), "package-lock.json": "" },
  ],
  ["deno task test", { "deno.json": '{"tasks": {"test": "deno test -A"}}' }],
  ["deno test", { "deno.jsonc": "{}" }],
  ["npm test --workspaces --if-present", { "package.json": pkg({}, { workspaces: ["packages/*"] }) }],
  ["pnpm -r test", { "package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": "" }],
  [
    "pnpm exec turbo run test",
    { "package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": "", "turbo.json": "{}" },
  ],
  [undefined, { "package.json": pkg({ test: 'echo "Error: no test specified" && exit 1' }) }],
  [undefined, { "package.json": "{" }],
  ["uv run pytest", { "pyproject.toml": "[tool.pytest.ini_options]\n", "uv.lock": "" }],
  ["poetry run pytest", { "pyproject.toml": "[tool.poetry.group.dev.dependencies]\npytest = '*'\n" }],
  ["pytest", { "requirements-dev.txt": "pytest==8\n", "setup.py": "" }],
  ["tox", { "tox.ini": "[tox]\n", "setup.py": "" }],
  ["nox", { "noxfile.py": "", "pyproject.toml": "" }],
  ["python manage.py test", { "manage.py": "", "requirements.txt": "django\n" }],
  ["uv run python -m unittest", { "pyproject.toml": "[tool.uv]\n", "tests/test_a.py": "" }],
  ["cargo test", { "Cargo.toml": "[package]\n" }],
  ["cargo test --workspace", { "Cargo.toml": "[workspace]\n" }],
  ["go test ./...", { "go.mod": "module x\n" }],
  ["go test ./api/... ./web/...", { "go.work": "go 1.24\n\nuse (\n\t./api\n\t./web\n)\n" }],
  ["./mvnw test", { "pom.xml": "", mvnw: "" }],
  ["mvn test", { "pom.xml": "" }],
  ["./gradlew test", { "build.gradle.kts": "", gradlew: "" }],
  ["bundle exec rspec", { Gemfile: "", ".rspec": "", Rakefile: "" }],
  ["bundle exec rake", { Gemfile: "", Rakefile: "" }],
  ["bin/rails test", { Gemfile: "", "config.ru": "", "bin/rails": "", "test/models/a_test.rb": "" }],
  ["dotnet test", { "Shop.sln": "" }],
  ["mix test", { "mix.exs": "" }],
  ["composer test", { "composer.json": TEST }],
  ["make test", { Makefile: "build:\n\ttrue\ntest: build\n\ttrue\n", "pyproject.toml": "" }],
  ["make check", { Makefile: "check:\n\ttrue\n" }],
  ["just test", { justfile: "test filter='':\n  true\n" }],
  // Build files below the root.
  ["(cd src && go test ./...)", { "src/go.mod": "module x\n" }],
  [
    "(cd backend && uv run pytest) && (cd frontend && npm test)",
    { "backend/pyproject.toml": "[tool.uv]\n[tool.pytest.ini_options]\n", "frontend/package.json": TEST },
  ],
  [undefined, { "node_modules/a/package.json": TEST, "examples/a/package.json": TEST }],
  // Packages of a monorepo.
  [
    "pnpm test",
    { "pnpm-lock.yaml": "", "package.json": "{}", "packages/api/package.json": TEST },
    "packages/api",
  ],
  // What CI runs.
  [
    "pnpm lint && pnpm typecheck && pnpm test --coverage",
    {
      "package.json": TEST,
      ...workflow(
        "pnpm install --frozen-lockfile",
        "pnpm lint",
        "pnpm typecheck",
        "pnpm test --coverage",
        "pnpm build",
      ),
    },
  ],
  [
    "uv run ruff check src tests && uv run mypy src && uv run pytest -q",
    {
      "pyproject.toml": "",
      ...workflow("uv sync", "uv run ruff check src tests", "uv run mypy src", "uv run pytest -q"),
    },
  ],
  [
    "go vet ./... && go test -race ./...",
    { "go.mod": "", ...workflow("go vet ./...", "go test -race ./...") },
  ],
  ["./mvnw -B verify", { "pom.xml": "", mvnw: "", ...workflow("./mvnw -B verify") }],
  [
    "bundle exec rubocop && bundle exec rspec",
    {
      Gemfile: "",
      ".gitlab-ci.yml":
        "test:\n  script:\n    - bundle install\n    - bundle exec rubocop\n    - bundle exec rspec\n",
    },
  ],
  [
    "npm test",
    { "package.json": TEST, ...workflow('npm test -- --token "$TOKEN"', "npm run lint > out.txt") },
  ],
  [
    "npm test",
    {
      "package.json": TEST,
      ".github/workflows/release.yml": "jobs: {a: {steps: [{run: npm run test:all}]}}",
    },
  ],
  [
    "npm run lint && npm test",
    {
      "package.json": "{}",
      "api/package.json": pkg({ lint: "x", test: "y" }),
      ...workflow("npm run lint --workspaces", "npm test --workspaces"),
    },
    "api",
  ],
];

describe("the verify command of a repository", () => {
  it.each(COMMANDS)("%s", (command, files, folder = "") => {
    const root = writeTree(files);
    expect(readRepository(join(root, folder), root).verify).toBe(command);
  });

  it("fits into a policy: of what CI runs the tests stay", () => {
    const lint = `ruff check ${"a".repeat(100)}`;
    const test = `pytest ${"b".repeat(100)}`;
    const root = writeTree({ "pyproject.toml": "", ...workflow(lint, test) });
    expect(readRepository(root).verify).toBe(test);
  });

  it("waits for no pipe and expands no YAML bomb", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"])
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(",")}]`);
    const root = writeTree({ "go.mod": "", ".gitlab-ci.yml": bomb.join("\n") });
    execFileSync("sh", ["-c", 'mkfifo "$0" "$1"', join(root, "package.json"), join(root, "Makefile")]);
    expect(readRepository(root)).toEqual({ languages: ["JavaScript", "Go"], verify: "go test ./..." });
  });
});

describe("the languages of a repository", () => {
  it.each<[string[], Files]>([
    [["TypeScript"], { "tsconfig.json": "{}", "package.json": "{}" }],
    [["JavaScript", "Go"], { "package.json": "{", "src/go.mod": "", "go.mod": "" }],
    [["Ruby"], { Gemfile: "" }],
    [[], {}],
  ])("%j", (languages, files) => expect(readRepository(writeTree(files)).languages).toEqual(languages));

  it("make a folder with build files of its own a package", () => {
    const root = writeTree({ "packages/api/package.json": "{}", "src/a.js": "" });
    expect([isPackage(join(root, "packages/api")), isPackage(join(root, "src"))]).toEqual([true, false]);
  });
});
