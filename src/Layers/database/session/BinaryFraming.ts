import type { CopyChunk } from "./CopyIn.ts"

const release = () => {}

/** A binary COPY starts with a signature, flags and the length of an extension (Postgres documentation, COPY). */
export const binaryHeader: CopyChunk = {
  bytes: Buffer.from(`PGCOPY\n\xff\r\n\0${"\0".repeat(8)}`, "latin1"),
  release,
}

/** A binary COPY ends with a row of -1 fields. */
export const binaryTrailer: CopyChunk = { bytes: Uint8Array.of(0xff, 0xff), release }
