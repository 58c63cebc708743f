import type { OnReadOpts, Socket } from "node:net"

/** Size of the memory that the reads of a connection fill, one after the other. Each is as long as what has arrived. */
const blockSize = 256 * 1024
/** With less space left in a block, the next one begins, because each read costs the same whatever its length. */
const leastSpace = 64 * 1024

/**
 * An option of a connection: lets it read up to 256 KiB at a time, where Node reads 64 KiB. A block is used once, because the
 * scanner refers to the bytes until Postgres's socket has taken them.
 */
export const longReads = (): OnReadOpts => {
  let block = Buffer.allocUnsafeSlow(blockSize)
  let used = 0
  return {
    buffer: () => {
      if (blockSize - used < leastSpace) {
        block = Buffer.allocUnsafeSlow(blockSize)
        used = 0
      }
      return block.subarray(used)
    },
    // As Node does without the option.
    callback(this: Socket, size, bytes) {
      used += size
      return this.push(bytes.subarray(0, size))
    },
  }
}
