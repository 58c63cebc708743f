import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import { measuredLoad } from "./measuredLoad.ts"

/** A stand-in for `psql \copy`: sends the bytes of a file to COPY unchanged. */
await measuredLoad((path, copy) => pipeline(createReadStream(path, { highWaterMark: 1 << 16 }), copy), {
  hasHeader: true,
})
