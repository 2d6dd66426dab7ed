/** Position and reason of the first error in a JSON text. */
export interface JsonFault {
  /** 1-based. */
  line: number;
  what: string;
}

const TOKEN = /\s*(?:("(?:[^"\\\n]|\\.)*")|(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([{}[\]:,]))/y;

/** Finds the first error in a JSON text; undefined if it is valid. */
export function findJsonFault(text: string): JsonFault | undefined {
  const source = text.replace(/^\uFEFF/, "");
  try {
    JSON.parse(source);
    return undefined;
  } catch {
    const { at, what } = scan(source);
    return { line: source.slice(0, at).split("\n").length, what };
  }
}

/** Reads tokens up to the first unexpected one. `open` has the brackets that are not closed. */
function scan(source: string): { at: number; what: string } {
  const open: string[] = [];
  let last = "";
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    const at = source.slice(from).search(/\S/) + from;
    if (!match) return at < from ? unclosed(source, open) : { at, what: strangeText(source.slice(at)) };
    const token = match[3] ?? "value";
    const wrong = misplaced(last, token, open.at(-1));
    if (wrong) return { at, what: wrong };
    if (token === "{" || token === "[") open.push(token);
    if (token === "}" || token === "]") open.pop();
    last = token === "}" || token === "]" ? "value" : token;
  }
}

function misplaced(last: string, token: string, inside: string | undefined): string | undefined {
  const closes = token === "}" || token === "]";
  if (closes && last === ",") return "a comma before the closing bracket";
  if (closes && inside !== (token === "}" ? "{" : "[")) return `${token} closes nothing`;
  const starts = !closes && token !== "," && token !== ":";
  if (starts && last === "value") return "a comma is missing before this";
  if ((token === "," || token === ":") && last !== "value") return `${token} without a value before it`;
  return undefined;
}

function strangeText(rest: string): string {
  if (/^\/[/*]|^#/.test(rest)) return "a comment";
  if (rest.startsWith('"')) return "a text that is not closed";
  if (rest.startsWith("'")) return "a text in single quotes";
  return `"${/^\S{1,20}/.exec(rest)?.[0] ?? ""}" is not JSON`;
}

function unclosed(source: string, open: readonly string[]): { at: number; what: string } {
  return {
    at: source.length,
    what: open.length > 0 ? `${open.at(-1)} is not closed` : "the text ends too early",
  };
}
