import { readFileSync } from "node:fs";

/** The parts of the standard that the reader uses. Node's own types leave them out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => WalkModule;
  Instance: new (module: WalkModule) => { exports: unknown };
};

/** The compiled walk. Threads can share it. */
export interface WalkModule {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}

/** Compiles the walk. Throws if `npm run build:reader` has not made its file. */
export function compileWalk(): WalkModule {
  return new WebAssembly.Module(readFileSync(new URL("./walk.wasm", import.meta.url)));
}

/** The functions of wasm/walk.ts, which documents them. Numbers are addresses in the memory. */
export interface Walk {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  addName(place: number, at: number, length: number, number: number, into: number, each: number): void;
  startFile(): void;
  endOfLines(from: number, filled: number): number;
  walk(wanted: number, from: number, end: number): number;
  addRequest(context: number, withLength: boolean): void;
  emptyTables(): void;
  skipValue(from: number): number;
  shorten(from: number, filled: number): number;
  textLength(from: number, to: number): number;
  inputSize(from: number): number;
  hashLines(from: number, to: number): number;
  timeIn(from: number, to: number): number;
  readonly dataEnd: { readonly value: number };
}

/** Makes a walk with a memory of its own. */
export function createWalk(module: WalkModule): Walk {
  return new WebAssembly.Instance(module).exports as Walk;
}
