/** 32-bit hashes one behind the other in base64: half as long as their digits, and quick to write and to read as JSON. */
export type Hashes = string;

export function packHashes(hashes: Uint32Array): Hashes {
  return Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength).toString("base64");
}

export function unpackHashes(packed: Hashes): Uint32Array {
  return new Uint32Array(new Uint8Array(Buffer.from(packed, "base64")).buffer);
}

/** Returns how many hashes are packed, without unpacking them. */
export function countHashes(packed: Hashes): number {
  return Math.floor((packed.replace(/=+$/, "").length * 3) / 4 / 4);
}
