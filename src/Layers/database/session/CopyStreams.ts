import * as ByteSize from "effect/ByteSize"
import { availableParallelism } from "node:os"
import { maxCopyStreams } from "../../process/AppConfig.ts"

/** Below this size a second connection costs more than it brings. */
const worthwhile = ByteSize.toNumberUnsafe(ByteSize.mebibytes(64))
/** How many connections a load uses: a fixed number, or by the file's size and the machine's processors. */
export type CopyStreams = number | "auto"

/**
 * The processors that count are the database server's, which it does not tell; those of this machine stand in
 * for them. A file that does not declare its size gets one connection.
 */
export const streamsFor = (setting: CopyStreams, bytesTotal: number | null): number => {
  if (setting !== "auto") return setting
  if (bytesTotal === null || bytesTotal < worthwhile) return 1
  return Math.min(availableParallelism(), maxCopyStreams)
}
