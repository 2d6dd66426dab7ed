/** A fenced block of an answer. */
interface FencedBlock {
  language: string;
  code: string;
}

/** A block whose end has not been found. */
interface OpenBlock {
  fence: string;
  /** It is in a block quote: each of its lines begins with `>`. */
  quoted: boolean;
  indent: number;
  language: string;
  lines: string[];
}

/** A fence may be indented, quoted, and may follow the mark of a list item. The info of a ``` fence holds no backtick. */
const OPENING =
  /^([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?:(`{3,})[ \t]*([\w+#.-]*)[^`]*|(~{3,})[ \t]*([\w+#.-]*).*)$/;

/** Returns the code of an answer: its first block in one of these languages, otherwise its first block, otherwise all of it. */
export function codeOf(text: string, languages: readonly string[] = []): string {
  const plain = withoutMark(text);
  const blocks = fencedBlocks(plain);
  const wanted = blocks.find(({ language }) => languages.includes(language.toLowerCase()));
  return (wanted ?? blocks[0])?.code ?? plain;
}

/** Takes out the byte order mark. */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Finds fenced blocks as CommonMark does, line by line: one that is never closed goes on to the end. */
function fencedBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: OpenBlock | undefined;
  for (const written of text.split("\n")) {
    const line = open && !open.quoted ? written : withoutQuote(written);
    if (open && closes(line, open.fence)) {
      blocks.push(blockOf(open));
      open = undefined;
    } else if (open) open.lines.push(withoutIndent(line, open.indent));
    else {
      const [, before = "", backticks, language = "", tildes, other = ""] =
        OPENING.exec(line.trimEnd()) ?? [];
      const fence = backticks ?? tildes;
      const quoted = line !== written;
      if (fence) open = { fence, quoted, indent: before.length, language: language || other, lines: [] };
    }
  }
  if (open) blocks.push(blockOf(open));
  return blocks;
}

function closes(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === (fence[0] ?? "").repeat(mark.length);
}

function withoutQuote(line: string): string {
  return line.replace(/^ {0,3}> ?/, "");
}

function withoutIndent(line: string, indent: number): string {
  const white = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(white, indent));
}

function blockOf({ language, lines }: { language: string; lines: string[] }): FencedBlock {
  const code = lines.map((line) => `${line}\n`).join("");
  return { language, code: withoutMark(code) };
}
