/** Messages of a check that could not start: the wrong folder, a flag or script that is not there, no place for its output. */
const NOT_RUN: readonly RegExp[] = [
  /\bcommand not found\b|\bis not recognized as\b/,
  /\b(?:unrecognized|unknown) (?:subcommand|option|argument|command|flag|shorthand)|\bunexpected argument\b|\bflag provided but not defined\b|\b(?:invalid|illegal) option\b|\bmultiple packages to non-directory\b/i,
  /\bScript not found\b|\bMissing script\b|\bNo rule to make target\b|\bno tasks? .{0,40}\bfound\b/i,
  /\bcannot find main module\b|\bdoes not contain (?:main module|packages)|\bgo\.mod file not found\b|\bdirectory not found\b|\bno Go files\b|\bnamed files must be \.go files\b|\bmatched no packages\b|\bbuild constraints exclude all\b/,
  /^[^\n]{0,40}\bcd: ?[^\n]*no such file or directory|^[^\n]{0,40}\bcd:\d+: no such file/im,
  /\bNo tests? (?:files? |modules? )?found\b|\bno tests? (?:matched|found)\b/i,
  /\b(?:can't|cannot|failed to|unable to) (?:load|read|find|parse) (?:the )?config/i,
  /\bcannot (?:write|open) (?:the )?output\b|\btext file busy\b|\bEBUSY\b|\bcould not open output\b/i,
  /\bManifest path .* does not exist|\bcould not find `?Cargo\.toml|\bENOENT\b[^\n]*package\.json/,
  /\bpathspec\b[^\n]*\bdid not match\b/,
  /\[setup failed\]/,
  /\bMSB10(?:03|09|11)\b/,
];

/** Words of which each of these messages has one: most outputs have none, and are spared the patterns. */
const HINT =
  /(?:command|script|file|directory) not found|not recognized as|(?:unrecognized|unknown) [scofa]|unexpected arg|but not defined|(?:invalid|illegal) opt|non-directory|missing script|no rule to|no tasks? |main module|contain packages|no go files|must be \.go|no packages|constraints exclude|\bcd:|no tests? (?:fi|mo|fo|ma)|(?:load|read|find|parse) (?:the )?config|(?:write|open) (?:the )?output|text file busy|ebusy|manifest path|could not find|enoent|pathspec|\[setup|msb10/i;

/** Returns whether the output says that the check never started. */
export function didNotRun(text: string): boolean {
  return HINT.test(text) && NOT_RUN.some((pattern) => pattern.test(text));
}

/** Go prints `FAIL` for packages that it could not set up: those lines are not failures, unless nothing could run for a cycle. */
export function withoutSetupFailures(text: string): string {
  if (!text.includes("[setup failed]") || text.includes("import cycle")) return text;
  const rest = text.replaceAll(/^FAIL\s+\S+ \[setup failed\]$/gm, "[setup failed]");
  return /^FAIL\s+\S/m.test(rest) ? rest : rest.replaceAll(/^FAIL$/gm, "");
}
