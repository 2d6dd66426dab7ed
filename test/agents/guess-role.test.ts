import { describe, expect, it } from "vitest";
import { parseAgentFile } from "../../src/agents/discover.ts";
import { guessRole } from "../../src/agents/guess-role.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";

const POLICY = resolvePolicy(
  [{ from: "here", written: { roles: { "migration-writer": { purpose: "Writes migrations." } } } }],
  modelFacts(),
);

function guess(name: string, description = "Anything.", tools = ""): string | undefined {
  const text = `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n${tools && `tools: ${tools}\n`}---\nBody.\n`;
  return guessRole(parseAgentFile(Buffer.from(text), "a.md", { level: "project", root: "" }), POLICY)?.role;
}

describe("the name of an agent decides its role", () => {
  it.each([
    ["code-reviewer", "reviewer"],
    ["pr-reviewer-2", "reviewer"],
    ["TerraformReviewer", "reviewer"],
    ["backend-security-auditor", "security-reviewer"],
    ["penetration-tester", "security-reviewer"],
    ["vuln-hunter", "security-reviewer"],
    ["pytest-writer", "test-writer"],
    ["python-test-engineer", "test-writer"],
    ["playwright_expert", "test-writer"],
    ["lint-fixer", "formatter"],
    ["import-sorter", "formatter"],
    ["changelog-writer", "commit-and-docs"],
    ["readme-keeper", "commit-and-docs"],
    ["codebase-explorer", "explorer"],
    ["code-search", "explorer"],
    ["scout", "explorer"],
    ["go-debugger", "debugger"],
    ["system-architect", "architect"],
    ["acme-planner", "planner"],
    ["task-planner", "planner"],
    ["python-pro", "implementer"],
    ["rust-engineer", "implementer"],
    ["frontend-developer", "implementer"],
    ["sql-expert", "implementer"],
    ["migration-writer", "migration-writer"],
    ["the-migration-writer", "migration-writer"],
    ["linter", "formatter"],
  ])("%s: %s", (name, role) => expect(guess(name)).toBe(role));
});

describe("what is not clear stays unassigned", () => {
  it.each([
    // Words of a job in names of other work.
    ["ab-test-analysis", "Analyzes experiments."],
    ["search", "Searches the catalog of agents."],
    ["load-tester", "Runs load tests."],
    ["seo-content-planner", "Plans content."],
    ["capacity-planner", "Plans capacity."],
    ["docs-architect", "Writes long manuals."],
    ["component-architect", "Builds components."],
    ["security-specialist", "Hardens services."],
    ["documentation-reviewer", "Reviews manuals."],
    ["performance-engineer", "Profiles services."],
    ["aws-expert", "Knows a cloud."],
    ["resume-reviewer", "Reviews applications."],
    // Descriptions that speak of plans, of others, or of what the agent is not for.
    ["gsd-executor", "Executes plans with atomic commits, spawned by the orchestrator."],
    ["guardian", "Reviews code rather than writing it, and delegates tests to other agents."],
    ["keeper", "Does not review code; finds files before the reviewer does."],
    ["helper", "Writes tests, reviews code and debugs errors."],
    ["poet", "Writes poems."],
    ["数据工程师", "构建数据管道。"],
  ])("%s", (name, description) => expect(guess(name, description)).toBeUndefined());
});

describe("a description decides if it opens with the work of one role", () => {
  it.each([
    ["where-is-it", "Finds and locates files in a large code base.", "Read, Grep", "explorer"],
    ["greta", "Reviews pull requests for mistakes.", "", "reviewer"],
    ["tess", "Use this agent to write unit tests for new modules.", "", "test-writer"],
    ["otto", "Writes commit messages from the staged changes.", "", "commit-and-docs"],
    ["tess-who-only-reads", "Writes unit tests for new modules.", "Read, Grep", undefined],
  ])("%s", (name, description, tools, role) => expect(guess(name, description, tools)).toBe(role));

  it("and never against a name that says otherwise", () =>
    expect(guess("test-planner", "Writes tests for new modules.")).toBeUndefined());
});
