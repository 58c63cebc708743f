import type { CopyChunk } from "./CopyIn.ts"

const signature = "PGCOPY\n\xff\r\n\0"
const flagsAndExtensionLength = "\0".repeat(8)
const kept = () => {}

/** What stands before the rows of a binary COPY: the signature, no flags, no extension. */
export const binaryHeader: CopyChunk = {
  bytes: Buffer.from(signature + flagsAndExtensionLength, "latin1"),
  release: kept,
}

/** What stands behind them: a row of -1 fields. */
export const binaryTrailer: CopyChunk = { bytes: Uint8Array.of(0xff, 0xff), release: kept }
