// Contexts: what many requests of a file share. TypeScript reads each one once and gives it a number. The walk recognizes it by a hash of
// its bytes. With 64 bits, two of a file's thousand contexts have the same hash once in 10^13 files.

import * as layout from "../layout";
import { CLOSE_BRACKET, COMMA, get, increase, maskOf, NULL, OPEN_BRACKET, set } from "./bytes";
import { startOf, endOf, has, isText, startsWith } from "./fields";

/** Hash of the context of the current request. */
let currentHash: u64 = 0;
let lastHash: u64 = 0;
let lastNumber: f64 = 0;
/** Whether the length of the answers of the last context is measured. */
export let isMeasured: bool = false;

/** Before each file. */
export function forgetContexts(): void {
  set(layout.STATE_CONTEXTS, 0);
  lastHash = 0;
}

/** Returns the number of the context of the current request; -1 if it has none yet. */
export function findContext(isEcho: bool): f64 {
  set(layout.STATE_IS_ECHO, f64(isEcho));
  set(layout.STATE_IS_FORKED, f64(has(layout.FIELD_FORKED_FROM)));
  currentHash = hashContext();
  if (currentHash == lastHash) return lastNumber;
  const stop: usize = layout.CONTEXTS + <usize>get(layout.STATE_CONTEXTS) * layout.CONTEXT_BYTES;
  for (let slot: usize = layout.CONTEXTS; slot < stop; slot += layout.CONTEXT_BYTES)
    if (load<u64>(slot) == currentHash) return useContext(load<f64>(slot + 8), load<f64>(slot + 16) == 1);
  return -1;
}

/** Gives the context of the current request a number. If the table is full, all others have to be read again. */
export function numberContext(number: f64, withLength: bool): void {
  if (<i32>get(layout.STATE_CONTEXTS) == layout.CONTEXT_SLOTS) set(layout.STATE_CONTEXTS, 0);
  const slot = layout.CONTEXTS + <usize>get(layout.STATE_CONTEXTS) * layout.CONTEXT_BYTES;
  store<u64>(slot, currentHash);
  store<f64>(slot + 8, number);
  store<f64>(slot + 16, f64(withLength));
  increase(layout.STATE_CONTEXTS);
  useContext(number, withLength);
}

function useContext(number: f64, withLength: bool): f64 {
  lastHash = currentHash;
  lastNumber = number;
  isMeasured = withLength;
  return number;
}

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Hashes everything that goes into a context, as raw bytes: two spellings of one text are two hashes with one number. */
function hashContext(): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let field: usize = layout.FIRST_CONTEXT_FIELD; field < <usize>layout.END_HASHED_FIELDS; field++) {
    const to = endOf(field);
    let at = startOf(field);
    hash = (hash ^ ((<u64>(to - at)) << 1) ^ u64(isText(field))) * MULTIPLIER;
    for (; at < to; at += 8) {
      hash = (hash ^ (load<u64>(at) & maskOf(to - at))) * MULTIPLIER;
      hash ^= hash >> 29;
    }
  }
  const isApi = startsWith(layout.FIELD_ID, 5, MSG_0) && startsWith(layout.FIELD_REQUEST_ID, 4, REQ);
  const flags = get(layout.STATE_IS_ECHO) + 2 * get(layout.STATE_IS_FORKED) + 4 * f64(isApi);
  return ((hash ^ <u64>flags) * MULTIPLIER) | 1;
}

const MSG_0: u64 = 0x305f67736d; // msg_0
const REQ: u64 = 0x5f716572; // req_

/** Writes the context of the current request as a JSON array of its fields. Returns false if it does not fit. */
export function writeContext(): bool {
  let at: usize = layout.CONTEXT_TEXT;
  for (let field: usize = layout.FIRST_CONTEXT_FIELD; field < <usize>layout.END_CONTEXT_FIELDS; field++) {
    store<u8>(at++, field == layout.FIRST_CONTEXT_FIELD ? OPEN_BRACKET : COMMA);
    const length = lengthOf(field);
    if (at + length + 5 > <usize>layout.CONTEXT_TEXT + layout.CONTEXT_TEXT_BYTES) return false;
    if (has(field)) memory.copy(at, startOf(field) - usize(isText(field)), length);
    else store<u32>(at, NULL);
    at += length;
  }
  store<u8>(at++, CLOSE_BRACKET);
  set(layout.STATE_CONTEXT_TEXT, <f64>(at - layout.CONTEXT_TEXT));
  return true;
}

/** Returns the length of a value with its quotes. A field that the line does not have is null. */
function lengthOf(field: usize): usize {
  return has(field) ? endOf(field) - startOf(field) + 2 * usize(isText(field)) : 4;
}
