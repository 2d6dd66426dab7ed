/** One simple command of a shell line, with how it is joined to what follows. */
export interface SimpleCommand {
  words: readonly string[];
  joint: Joint;
}

/** What comes after a command: a pipe hides its exit code; `||` and `;` may. */
type Joint = "" | "|" | "&&" | "||" | ";" | "&";

const RESERVED = new Set(["if", "then", "do", "else", "elif", "while", "until", "!", "{", "}", "fi", "done"]);
const OPERATOR = /\|\||&&|\|&|;;|[|&;\n()]/y;
const REDIRECTION = /(?:&>>?|>>?[&|]?|<<<|<)[ \t]*(?:-|[^\s;|&()]*)/y;
const HERE_DOCUMENT = /<<-?\s*(['"]?)(\w+)\1([^\n]*)\n[\s\S]*?\n\s*\2(?=\n|$)/g;

/**
 * Splits a shell line into simple commands. Quotes and escapes are honoured, redirections and here-documents dropped;
 * subshells and loops are looked through. That is enough to see which programs run, and no more is needed.
 */
export function splitCommands(line: string): SimpleCommand[] {
  const text = line.includes("<<") ? line.replace(HERE_DOCUMENT, "$3") : line;
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let at = 0;
  const end = (joint: Joint): void => {
    while (words[0] !== undefined && RESERVED.has(words[0])) words.shift();
    if (words.length > 0) commands.push({ words, joint });
    words = [];
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    const redirection = matchAt(REDIRECTION, text, at);
    const operator = matchAt(OPERATOR, text, at);
    if (char === " " || char === "\t") at++;
    else if (char === "#") at = endOfLine(text, at);
    else if (redirection !== undefined) {
      if (/^\d$/.test(words.at(-1) ?? "") && text[at - 1] !== " ") words.pop();
      at += redirection.length;
    } else if (operator !== undefined) {
      end(jointOf(operator));
      at += operator.length;
    } else {
      const [word, next] = readWord(text, at);
      if (word !== "") words.push(word);
      at = next;
    }
  }
  end("");
  return commands;
}

function jointOf(operator: string): Joint {
  if (operator === "|&") return "|";
  return operator === "\n" || operator === ";;" || operator === "(" || operator === ")"
    ? ";"
    : (operator as Joint);
}

/** The word that starts at `at`, without its quotes, and where it ends. */
function readWord(text: string, start: number): [word: string, next: number] {
  let word = "";
  let at = start;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "\\") {
      if (text[at + 1] !== "\n") word += text[at + 1] ?? "";
      at += 2;
    } else if (char === "'" || char === '"' || char === "`") {
      const close = closingQuote(text, at, char);
      word += text.slice(at + 1, close).replaceAll(/\\(["\\$`])/g, "$1");
      at = close + 1;
    } else if (char === "$" && text[at + 1] === "(") {
      const close = closingParenthesis(text, at + 1);
      word += text.slice(at, close + 1);
      at = close + 1;
    } else if (/[\s;|&()<>]/.test(char)) break;
    else {
      word += char;
      at++;
    }
  }
  return [word, Math.max(at, start + 1)];
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let at = open + 1; at < text.length; at++) {
    if (quote !== "'" && text[at] === "\\") at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
