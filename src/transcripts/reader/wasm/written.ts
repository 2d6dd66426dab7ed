// Measures how much an answer wrote.

import { FIELD_CONTENT } from "../layout";
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, isSame, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./bytes";
import { endOf, has, startOf } from "./fields";
import { endOfString, skipColon, skipSpace, skipValue } from "./json";

/**
 * Returns how many bytes the content of the current line has: text, thinking and the inputs of tools as JSON, without the signatures of
 * thinking. The walk has been over it, so it is valid.
 */
export function writtenBytes(): usize {
  if (!has(FIELD_CONTENT) || load<u8>(startOf(FIELD_CONTENT)) != OPEN_BRACKET) return 0;
  const from = startOf(FIELD_CONTENT) + 1;
  let bytes = endOf(FIELD_CONTENT) - 1 - from;
  let at = skipSpace(from);
  while (load<u8>(at) != CLOSE_BRACKET) {
    if (load<u8>(at) == OPEN_BRACE) bytes -= signatureBytes(at);
    at = behindComma(skipValue(at));
  }
  return bytes;
}

/** Returns how long the signature of a block is. */
function signatureBytes(from: usize): usize {
  let at = skipSpace(from + 1);
  while (load<u8>(at) != CLOSE_BRACE) {
    const keyEnd = endOfString(at + 1);
    const value = skipColon(keyEnd + 1);
    const end = skipValue(value);
    const isSignature = keyEnd - at == 10 && isSame(at + 1, SIGNATURE, 9);
    if (isSignature && load<u8>(value) == QUOTE) return end - value - 2;
    at = behindComma(end);
  }
  return 0;
}

const SIGNATURE = memory.data<u8>([115, 105, 103, 110, 97, 116, 117, 114, 101]); // signature

/** Returns where the next value or key is, or the bracket that ends the list of them. */
function behindComma(from: usize): usize {
  const at = skipSpace(from);
  return load<u8>(at) == COMMA ? skipSpace(at + 1) : at;
}
