import type { FolderView } from "./folder-view.ts";
import { javascriptTest } from "./javascript.ts";
import { pythonTest } from "./python.ts";

/** A language, its build files, and the command that runs the tests of a folder with such files. */
interface BuildLanguage {
  name: string;
  files: RegExp;
  test: (view: FolderView) => string | undefined;
}

/** The first match decides the test command if a folder has build files of several languages. */
export const LANGUAGES: readonly BuildLanguage[] = [
  { name: "TypeScript", files: /^tsconfig(?:\.base)?\.json$/, test: javascriptTest },
  { name: "JavaScript", files: /^(?:package\.json|deno\.jsonc?)$/, test: javascriptTest },
  {
    name: "Python",
    files:
      /^(?:pyproject\.toml|requirements\.txt|setup\.(?:py|cfg)|Pipfile|manage\.py|tox\.ini|noxfile\.py)$/,
    test: pythonTest,
  },
  { name: "Rust", files: /^Cargo\.toml$/, test: cargoTest },
  { name: "Go", files: /^go\.(?:mod|work)$/, test: goTest },
  { name: "Java", files: /^(?:pom\.xml|mvnw)$/, test: (view) => `${wrapped(view, "mvnw", "mvn")} test` },
  {
    name: "Java",
    files: /^(?:(?:build|settings)\.gradle(?:\.kts)?|gradlew)$/,
    test: (view) => `${wrapped(view, "gradlew", "gradle")} test`,
  },
  { name: "Ruby", files: /^(?:Gemfile|Rakefile|.*\.gemspec)$/, test: rubyTest },
  { name: "PHP", files: /^composer\.json$/, test: phpTest },
  { name: "C#", files: /\.(?:csproj|sln|slnx)$/, test: () => "dotnet test" },
  { name: "Elixir", files: /^mix\.exs$/, test: () => "mix test" },
  { name: "Swift", files: /^Package\.swift$/, test: () => "swift test" },
  { name: "Dart", files: /^pubspec\.yaml$/, test: dartTest },
  { name: "Scala", files: /^build\.sbt$/, test: () => "sbt test" },
  { name: "C or C++", files: /^CMakeLists\.txt$/, test: () => undefined },
];

/** Returns a build tool's wrapper script if the project has one, otherwise the tool. */
function wrapped(view: FolderView, wrapper: string, tool: string): string {
  if (view.has(wrapper)) return `./${wrapper}`;
  return view.above?.has(wrapper) ? `../${wrapper}` : tool;
}

function cargoTest(view: FolderView): string {
  return /^\[workspace\]/m.test(view.text("Cargo.toml")) ? "cargo test --workspace" : "cargo test";
}

function goTest(view: FolderView): string {
  const modules = [...view.text("go.work").matchAll(/^\s*(?:use\s+)?(\.\/?[\w./-]*)\s*$/gm)].map(
    ([, path = "."]) => `${path.replace(/\/$/, "")}/...`,
  );
  return `go test ${modules.length > 0 ? modules.join(" ") : "./..."}`;
}

function rubyTest(view: FolderView): string | undefined {
  if (view.has(".rspec", "spec")) return "bundle exec rspec";
  if (view.folders.includes("bin") && view.has("config.ru", "config") && view.has("test"))
    return "bin/rails test";
  return view.has("Rakefile") ? "bundle exec rake" : undefined;
}

function phpTest(view: FolderView): string | undefined {
  if (/"scripts"\s*:\s*\{[^}]*"test"\s*:/s.test(view.text("composer.json"))) return "composer test";
  if (view.has("artisan")) return "php artisan test";
  return view.has("phpunit.xml", "phpunit.xml.dist") ? "vendor/bin/phpunit" : undefined;
}

function dartTest(view: FolderView): string {
  return /^\s*flutter:/m.test(view.text("pubspec.yaml")) ? "flutter test" : "dart test";
}
