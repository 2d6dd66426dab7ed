import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./place.ts";

/** What a repository shows of itself. */
export interface Repository {
  /** In the order of `LANGUAGES`. */
  languages: readonly string[];
  /** The command that runs its tests; undefined where none is recognized. */
  testCommand: string | undefined;
}

/** Build files, the language they speak of, and the command that tests then usually run with. */
const LANGUAGES: readonly (readonly [file: RegExp, language: string, test?: string])[] = [
  [/^tsconfig\.json$/, "TypeScript"],
  [/^package\.json$/, "JavaScript"],
  [/^(?:pyproject\.toml|requirements\.txt|setup\.py)$/, "Python", "pytest"],
  [/^Cargo\.toml$/, "Rust", "cargo test"],
  [/^go\.mod$/, "Go", "go test ./..."],
  [/^pom\.xml$/, "Java", "mvn test"],
  [/^build\.gradle(?:\.kts)?$/, "Java", "./gradlew test"],
  [/^Gemfile$/, "Ruby", "bundle exec rake test"],
  [/^composer\.json$/, "PHP", "composer test"],
  [/\.(?:csproj|sln)$/, "C#", "dotnet test"],
  [/^mix\.exs$/, "Elixir", "mix test"],
  [/^Package\.swift$/, "Swift", "swift test"],
  [/^CMakeLists\.txt$/, "C or C++"],
];

/** Looks at the files in the root of a repository; reads package.json and Makefile, runs nothing. */
export function readRepository(root: string): Repository {
  const files = existsSync(root) ? readdirSync(root) : [];
  const present = LANGUAGES.filter(([pattern]) => files.some((file) => pattern.test(file)));
  const languages = [...new Set(present.map(([, language]) => language))];
  const testCommand = npmTest(root, files) ?? makeTest(root) ?? present.find(([, , test]) => test)?.[2];
  return {
    languages: languages.filter((word) => word !== "JavaScript" || !languages.includes("TypeScript")),
    testCommand,
  };
}

const RUNNERS = {
  "pnpm-lock.yaml": "pnpm test",
  "yarn.lock": "yarn test",
  "bun.lock": "bun run test",
} as const;

function npmTest(root: string, files: readonly string[]): string | undefined {
  let script: unknown;
  try {
    const text = readText(join(root, "package.json")) ?? "{}";
    script = (JSON.parse(text) as { scripts?: { test?: unknown } } | null)?.scripts?.test;
  } catch {
    return undefined;
  }
  if (typeof script !== "string" || script.includes("no test specified")) return undefined;
  const runner = Object.entries(RUNNERS).find(([lock]) => files.includes(lock));
  return runner?.[1] ?? "npm test";
}

function makeTest(root: string): string | undefined {
  return /^test\s*:/m.test(readText(join(root, "Makefile")) ?? "") ? "make test" : undefined;
}
