/**
 * Whether a text holds one of some phrases. Each is written to begin with `^` or `\b`; put together, the former are tried
 * once and the latter only where a word begins or ends, which takes half the time of as many patterns.
 */
export function anyOf(phrases: readonly RegExp[]): (text: string) => boolean {
  const starting = together("^", phrases);
  const within = together(String.raw`\b`, phrases);
  return (text) => starting?.test(text) === true || within?.test(text) === true;
}

function together(start: string, phrases: readonly RegExp[]): RegExp | undefined {
  const rests = phrases
    .map(({ source }) => source)
    .filter((source) => source.startsWith(start))
    .map((source) => `(?:${source.slice(start.length)})`);
  return rests.length === 0 ? undefined : new RegExp(`${start}(?:${rests.join("|")})`);
}
