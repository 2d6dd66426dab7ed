/** Lines of context around each difference. */
const CONTEXT = 2;
/** Beyond this many pairs of lines to compare, the middle is shown as replaced. */
const MOST_PAIRS = 4_000_000;

type Mark = " " | "-" | "+";
type Line = readonly [Mark, string];

/** The differences of two texts as people read them: `- old`, `+ new`, a little context, `@@` where lines are left out. */
export function formatDiff(before: string, after: string): string {
  if (before === after) return "";
  const lines = compare(splitLines(before), splitLines(after));
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([mark]) => mark !== " "),
  );
  const out: string[] = [];
  lines.forEach(([mark, text], at) => {
    if (!shown[at]) return;
    if (at > 0 && !shown[at - 1]) out.push("@@");
    out.push(`${mark} ${text}`.trimEnd());
  });
  return `${out.join("\n")}\n`;
}

function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines.push("\\ no newline at the end");
  return lines.map((line) => line.replace(/\r$/, "␍"));
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [
    ...before.slice(0, head).map((line): Line => [" ", line]),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map((line): Line => [" ", line]),
  ];
}

/** The longest common subsequence by dynamic programming. */
function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = before.map((line): Line => ["-", line]);
  const added = after.map((line): Line => ["+", line]);
  if (before.length * after.length > MOST_PAIRS || before.length === 0 || after.length === 0)
    return [...removed, ...added];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push([" ", before[i] ?? ""]);
      i++;
      j++;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
      lines.push(["-", before[i++] ?? ""]);
    else lines.push(["+", after[j++] ?? ""]);
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}
