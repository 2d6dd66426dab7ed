import type { CheckKind } from "../../domain/check.ts";

/** The way in which a program verifies. */
export interface KnownProgram {
  kind: CheckKind;
  ecosystem: string;
  /** Sub-commands that verify, with their kind; without it any call does. */
  commands?: Readonly<Record<string, CheckKind>>;
  /** Calls that do not verify: options that only print. */
  except?: RegExp;
  /** Options with which it also changes files. */
  fixes?: RegExp;
  /** Words before the sub-command. */
  through?: RegExp;
  /** A call verifies only with this among its words. */
  only?: RegExp;
  /** Its words name environments and not parts of the suite. */
  whole?: true;
}

export const test = (ecosystem: string, more: Partial<KnownProgram> = {}): KnownProgram => ({
  kind: "test",
  ecosystem,
  ...more,
});
const lint = (ecosystem: string, more: Partial<KnownProgram> = {}): KnownProgram => ({
  kind: "lint",
  ecosystem,
  ...more,
});
const types = (ecosystem: string, more: Partial<KnownProgram> = {}): KnownProgram => ({
  kind: "types",
  ecosystem,
  ...more,
});
export const build = (ecosystem: string, more: Partial<KnownProgram> = {}): KnownProgram => ({
  kind: "build",
  ecosystem,
  ...more,
});

/** Test runners, type checkers, linters and builds that are called by their own name. */
export const PROGRAMS: Readonly<Record<string, KnownProgram>> = {
  jest: test("js"),
  vitest: test("js"),
  mocha: test("js"),
  ava: test("js"),
  tap: test("js"),
  jasmine: test("js"),
  karma: test("js"),
  c8: test("js"),
  nyc: test("js"),
  "react-scripts": test("js", { commands: { test: "test", build: "build" } }),
  playwright: test("js", { commands: { test: "test" } }),
  cypress: test("js", { commands: { run: "test" } }),
  deno: test("js", { commands: { test: "test", check: "types", lint: "lint" } }),
  node: test("js", { only: /^--test$/ }),
  tsx: test("js", { only: /^--test$/ }),
  tsc: types("js", { except: /^(?:--version|-v|--init|--watch|-w|--showConfig)$/ }),
  tsgo: types("js"),
  "vue-tsc": types("js"),
  "svelte-check": types("js"),
  flow: types("js"),
  eslint: lint("js", { fixes: /^--fix/ }),
  oxlint: lint("js", { fixes: /^--fix/ }),
  biome: lint("js", {
    commands: { check: "lint", lint: "lint", ci: "lint", format: "lint" },
    fixes: /^--(?:write|fix|apply)/,
  }),
  prettier: lint("js", { only: /^(?:--check|-c|--list-different|-l)$/ }),
  stylelint: lint("js", { fixes: /^--fix/ }),
  knip: lint("js"),
  standard: lint("js"),
  xo: lint("js"),
  turbo: test("js", {
    through: /^run$/,
    commands: { test: "test", lint: "lint", build: "build", typecheck: "types" },
  }),
  nx: test("js", {
    through: /^(?:run-many|affected|-t|--target(?==|$))$/,
    commands: { test: "test", lint: "lint", build: "build", typecheck: "types" },
  }),
  vite: build("js", { commands: { build: "build" } }),
  next: build("js", { commands: { build: "build", lint: "lint" } }),
  webpack: build("js"),
  rollup: build("js"),
  tsup: build("js"),
  astro: build("js", { commands: { build: "build", check: "types" } }),
  ng: build("js", { commands: { build: "build", test: "test", lint: "lint" } }),
  pytest: test("python"),
  "py.test": test("python"),
  tox: test("python", { whole: true }),
  nox: test("python", { whole: true }),
  nosetests: test("python"),
  nose2: test("python"),
  behave: test("python"),
  mypy: types("python"),
  pyright: types("python"),
  basedpyright: types("python"),
  pyre: types("python"),
  ty: types("python", { commands: { check: "types" } }),
  ruff: lint("python", { commands: { check: "lint", format: "lint" }, fixes: /^--(?:fix|unsafe-fixes)$/ }),
  flake8: lint("python"),
  pylint: lint("python"),
  black: lint("python", { only: /^--(?:check|diff)$/ }),
  isort: lint("python", { only: /^--(?:check|check-only|diff)$/ }),
  "pre-commit": lint("any", { commands: { run: "lint" } }),
  go: test("go", { commands: { test: "test", vet: "lint", build: "build" } }),
  gotestsum: test("go"),
  ginkgo: test("go"),
  "golangci-lint": lint("go", { commands: { run: "lint" }, fixes: /^--fix/ }),
  staticcheck: lint("go"),
  cargo: test("rust", {
    commands: {
      test: "test",
      nextest: "test",
      t: "test",
      check: "types",
      c: "types",
      build: "build",
      b: "build",
      clippy: "lint",
      fmt: "lint",
    },
  }),
  rspec: test("ruby"),
  minitest: test("ruby"),
  rails: test("ruby", { commands: { test: "test" } }),
  rake: test("ruby", { commands: { "": "all", test: "test", spec: "test" } }),
  rubocop: lint("ruby", { fixes: /^-(?:a|A|-autocorrect.*)$/ }),
  sorbet: types("ruby"),
  srb: types("ruby", { commands: { tc: "types" } }),
  phpunit: test("php"),
  pest: test("php"),
  artisan: test("php", { commands: { test: "test" } }),
  phpstan: types("php", { commands: { analyse: "types", analyze: "types" } }),
  psalm: types("php"),
  phpcs: lint("php"),
  dotnet: test("dotnet", { commands: { test: "test", build: "build", format: "lint" } }),
  mix: test("elixir", {
    commands: { test: "test", compile: "build", credo: "lint", dialyzer: "types", format: "lint" },
  }),
  swift: test("swift", { commands: { test: "test", build: "build" } }),
  xcodebuild: build("swift"),
  swiftlint: lint("swift"),
  ctest: test("c"),
  cmake: build("c", { only: /^--build$/ }),
  ninja: build("c"),
  bazel: test("any", { commands: { test: "test", build: "build" } }),
  meson: test("c", { commands: { test: "test", compile: "build" } }),
  stack: test("haskell", { commands: { test: "test", build: "build" } }),
  cabal: test("haskell", { commands: { test: "test", build: "build" } }),
  sbt: test("java", { commands: { test: "test", compile: "build" } }),
  lein: test("java", { commands: { test: "test" } }),
  flutter: test("dart", { commands: { test: "test", analyze: "lint", build: "build" } }),
  dart: test("dart", { commands: { test: "test", analyze: "lint" } }),
  zig: test("zig", { commands: { test: "test", build: "build" } }),
  shellcheck: lint("shell"),
  bats: test("shell"),
  hadolint: lint("docker"),
  actionlint: lint("ci"),
  terraform: lint("terraform", { commands: { validate: "lint", plan: "build" } }),
  helm: lint("helm", { commands: { lint: "lint" } }),
  javac: build("java"),
  gcc: build("c"),
  "g++": build("c"),
  clang: build("c"),
  rustc: build("rust"),
};

/** Programs that run a named script or target of the project. */
export const SCRIPT_RUNNERS: Readonly<Record<string, string>> = {
  npm: "js",
  pnpm: "js",
  yarn: "js",
  bun: "js",
  composer: "php",
  make: "any",
  gmake: "any",
  just: "any",
  task: "any",
  rake: "ruby",
  invoke: "python",
  mvn: "java",
  mvnw: "java",
  gradle: "java",
  gradlew: "java",
  mise: "any",
  earthly: "any",
  deno: "js",
};

const NAMES = [
  ...Object.keys(PROGRAMS),
  ...Object.keys(SCRIPT_RUNNERS),
  "unittest",
  "compileall",
  "py_compile",
];

/** Whether a shell line may hold a verification at all: most hold none, and need not be parsed. */
export const CHECK_HINT = new RegExp(
  String.raw`(?:^|[\s;&|(/"'\x60])(?:${NAMES.map((name) => name.replaceAll(/[+.]/g, String.raw`\$&`)).join("|")})(?:[\s;&|)"'\x60.]|$)` +
    String.raw`|-Itest\b|manage\.py\b|\/[\w.-]*(?:test|check|lint|build|verify|ci|qa)[\w.-]*(?:\s|$)`,
  "i",
);
