import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import { measuredLoad } from "./measuredLoad.ts"

/** Stands in for `psql \copy` where there is no psql: the bytes of a file go to COPY as they are. */
await measuredLoad((path, copy) => pipeline(createReadStream(path, { highWaterMark: 1 << 16 }), copy), {
  hasHeader: true,
})
