/** In bytes: the rows of most chunks fit. Sizes are powers of two. */
const smallest = 256 * 1024
/** A dozen batches may be in flight to several connections, and are released in bursts. */
const maxSpareBytes = 8 * 1024 * 1024

const spares = new Map<number, Array<Uint8Array<ArrayBuffer>>>()
let spareBytes = 0

/**
 * A buffer of at least this size, with any content. All loads share the spare ones: a load that waits for its source holds none.
 * Allocating one per batch would cost a fifth of the worker's time in garbage collection.
 */
export const takeBuffer = (size: number): Uint8Array<ArrayBuffer> => {
  let length = smallest
  while (length < size) length *= 2
  const spare = spares.get(length)?.pop()
  if (spare === undefined) return new Uint8Array(length)
  spareBytes -= length
  return spare
}

/** Gives back a buffer that `takeBuffer` has returned, which nobody may use afterwards. */
export const releaseBuffer = (buffer: Uint8Array<ArrayBuffer>): void => {
  const { length } = buffer
  if (spareBytes + length > maxSpareBytes) return
  spareBytes += length
  const same = spares.get(length)
  if (same === undefined) spares.set(length, [buffer])
  else same.push(buffer)
}

/** The `release` of a batch in the buffer. A second call has no effect: another load may have the buffer by then. */
export const releaseOnce = (buffer: Uint8Array<ArrayBuffer>): (() => void) => {
  let isReleased = false
  return () => {
    if (!isReleased) releaseBuffer(buffer)
    isReleased = true
  }
}
