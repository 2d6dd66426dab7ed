const ID =
  /^claude-(?:(\d+(?:-\d+)?)-)?(opus|sonnet|haiku|fable|mythos)(?:-(\d{1,2}(?:-\d{1,2})?|preview))?(?:-\d{8})?$/;

/** The name that people know a model by (`Opus 5.5`); the id itself where it follows no known pattern. */
export function displayName(id: string): string {
  const match = ID.exec(id);
  if (!match) return id;
  const [, before, family = "", after] = match;
  const version = (after ?? before ?? "").replace("-", ".");
  return `${family[0]?.toUpperCase()}${family.slice(1)} ${version}`.trim();
}
