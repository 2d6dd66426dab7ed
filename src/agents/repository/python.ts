import { type FolderView, nearestWith } from "./folder-view.ts";

/** Runners of commands in a project's environment, by the files that show which is used. */
const ENVIRONMENTS: readonly (readonly [prefix: string, file: string, section: RegExp])[] = [
  ["uv run ", "uv.lock", /^\[tool\.uv[\].]/m],
  ["poetry run ", "poetry.lock", /^\[tool\.poetry[\].]/m],
  ["pdm run ", "pdm.lock", /^\[tool\.pdm[\].]/m],
  ["hatch run ", "hatch.toml", /^\[tool\.hatch\.envs/m],
  ["pipenv run ", "Pipfile", /(?!)/],
];

/** Returns the command that runs the tests of a Python project. */
export function pythonTest(view: FolderView): string | undefined {
  const project = view.text("pyproject.toml");
  const prefix = environmentOf(view, project);
  const pytest = usesPytest(view, project);
  if (pytest && prefix) return `${prefix}pytest`;
  if (view.has("noxfile.py")) return `${prefix}nox`;
  if (view.has("tox.ini", "tox.toml") || /^\[tool\.tox\]/m.test(project)) return `${prefix}tox`;
  if (pytest) return "pytest";
  if (view.has("manage.py")) return `${prefix}python manage.py test`;
  return view.has("tests", "test") ? `${prefix}python -m unittest` : undefined;
}

function environmentOf(view: FolderView, project: string): string {
  const found = ENVIRONMENTS.find(([, file, section]) => nearestWith(view, file) ?? section.test(project));
  return found?.[0] ?? "";
}

function usesPytest(view: FolderView, project: string): boolean {
  if (view.has("pytest.ini", "conftest.py") || /^\[tool\.pytest/m.test(project)) return true;
  if (/^\[(?:tool:)?pytest\]/m.test(view.text("setup.cfg") + view.text("tox.ini")) && !view.has("tox.ini"))
    return true;
  const lists = [...view.names].filter((name) => /^requirements.*\.txt$|^Pipfile$/.test(name));
  return /\bpytest\b/.test(project + lists.map((name) => view.text(name)).join("\n"));
}
