import { describe, expect, it } from "vitest";
import { covers } from "../../../src/domain/check.ts";
import { hashPath, hashWhole } from "../../../src/domain/hashed-words.ts";
import { findChecks } from "../../../src/transcripts/observe/verification.ts";

const CWD = "/home/dev/shop-api";
const PLACE = { cwd: CWD, root: CWD };
const checks = (line: string): string[] =>
  findChecks(line, PLACE).map(({ check }) =>
    [check.kind, check.ecosystem, check.suite, check.where].filter(Boolean).join(" "),
  );
const first = (line: string) => {
  const found = findChecks(line, PLACE)[0];
  if (!found) throw new Error(`no check in ${line}`);
  return found;
};

describe("finding verification commands", () => {
  it.each([
    ["npm test", ["test js"]],
    ["constructor x; __proto__ y; npm test", ["test js"]],
    ["npm run -s test:unit -- src/a.test.ts", ["test js unit"]],
    ["cd /home/dev/shop-api && npm test", ["test js"]],
    ["cd packages/web && pnpm lint", [`lint js ${hashPath("packages/web")}`]],
    ["pnpm --filter web test", [`test js ${hashPath("web")}`]],
    ["npx tsc --noEmit && npx eslint . --max-warnings 0", ["types js", "lint js"]],
    ["CI=1 timeout 120 npx vitest run src/x.test.ts", ["test js"]],
    ["node --test 2>&1 | tail -3", ["test js"]],
    ["docker compose exec -T api pytest -k foo", ["test python"]],
    ["docker run --rm -v $PWD:/app node:24 npm test", ["test js"]],
    ["poetry run pytest && uv run mypy src", ["test python", "types python"]],
    ["python -m unittest discover -s tests", ["test python"]],
    ["python manage.py test shop", ["test python"]],
    ["go vet ./... && go test ./...", ["lint go", "test go"]],
    ["cargo clippy -- -D warnings; cargo test", ["lint rust", "test rust"]],
    ["./gradlew :app:test", ["test java"]],
    ["mvn -q verify", ["all java"]],
    ["make check", ["all any"]],
    ["just test", ["test any"]],
    ["bash -c 'cd pkg && npm test'", [`test js ${hashPath("pkg")}`]],
    ["bundle exec rspec", ["test ruby"]],
    ["npx playwright test", [`test js ${hashWhole("e2e")}`]],
    ["./scripts/test.sh", ["test any"]],
    ["dotnet build && dotnet test", ["build dotnet", "test dotnet"]],
    ["cd apps/web && pnpm --filter @shop/api test", [`test js ${hashPath("@shop/api")}`]],
    ["cd apps/web && pnpm -F ./admin test", [`test js ${hashPath("apps/web/./admin")}`]],
    ["cd apps/web && npm --prefix ../api test", [`test js ${hashPath("apps/web/../api")}`]],
    ["cd apps/web && yarn workspace @shop/api test", [`test js ${hashPath("@shop/api")}`]],
  ])("%s", (line, expected) => expect(checks(line)).toEqual(expected));

  it.each([
    "npm install -D vitest",
    "cargo fmt",
    "git commit -m 'npm test passes'",
    "grep -rn 'npm test' .",
    "cat <<'EOF' > run.sh\nnpm test\nEOF",
    "npx jest --listTests",
    "ls test",
  ])("nothing is verified by: %s", (line) => expect(checks(line)).toEqual([]));

  it("an exit code is lost in a pipe unless pipefail keeps it", () => {
    expect(first("npm test | tail -3")).toMatchObject({ zeroTells: false, decidesExit: false });
    expect(first("set -o pipefail; npm test | tail -3")).toMatchObject({
      zeroTells: true,
      decidesExit: true,
    });
    expect(first("npm test || true")).toMatchObject({ zeroTells: false });
    expect(first("npm test; exit 1")).toMatchObject({ zeroTells: false });
  });
});

describe("what covers what", () => {
  it.each([
    ["npm test", "npx vitest run src/a.test.ts", true],
    ["npx vitest run src/a.test.ts", "npm test", false],
    ["npm test", "npm run test:unit", true],
    ["npm test", "npm run test:e2e", false],
    ["npm run test:unit", "npm test", false],
    ["pytest", "pytest tests/test_a.py::test_b", true],
    ["pytest tests", "pytest tests/test_a.py", true],
    ["pytest tests/test_a.py", "pytest tests/test_b.py", false],
    ["pytest -k foo", "pytest", false],
    ["npm test", "cd packages/a && npm test", true],
    ["cd packages/a && npm test", "npm test", false],
    ["npx tsc --noEmit", "npm test", false],
    ["make check", "npm test", true],
    ["pytest", "npm test", false],
    ["npm test -s | tail -3", "npm test", true],
    ["go test ./...", "go test ./cart -run TestTotal", true],
  ])("%s passing clears %s: %s", (wide, narrow, expected) =>
    expect(covers(first(wide).check, first(narrow).check)).toBe(expected),
  );
});
