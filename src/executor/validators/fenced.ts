const FENCE = /^(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;

/** The code of an answer: the first fenced block of one of these languages, else the first block, else all of it. */
export function codeOf(text: string, languages: readonly string[] = []): string {
  const blocks = [...text.matchAll(FENCE)].map(([, , language = "", code = ""]) => ({ language, code }));
  const wanted = blocks.find(({ language }) => languages.includes(language.toLowerCase()));
  return (wanted ?? blocks[0])?.code ?? text;
}
