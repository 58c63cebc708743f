/** Message types of Postgres's protocol (54.7, "Message Formats"). */
const copyData = 0x64
/** Messages that may come between the data: the begin of the COPY, settings, notices and notifications. */
const passedOver: ReadonlySet<number> = new Set(Buffer.from("HSNA"))

const headerSize = 5

/** Shorter rows are moved by a loop, which costs less than a call. */
const shortest = 48

const move = (bytes: Buffer, to: number, from: number, size: number): void => {
  if (size >= shortest) bytes.copyWithin(to, from, from + size)
  else for (let n = 0; n < size; n++) bytes[to + n] = bytes[from + n]!
}

/** What the bytes of a connection contain. */
interface Taken {
  /** The data among them, without the headers of messages. */
  readonly data: Buffer
  /** The bytes from the first message on that is not of the COPY, which has ended; `null` as long as it goes on. */
  readonly rest: Buffer | null
}

/**
 * Takes the data out of the bytes of a connection that copies, in the memory that they are in: each row is a message with a header of
 * five bytes, and a copy for each row would cost more than all else.
 */
export class CopyData {
  /** Bytes of the current message that have not arrived. */
  #left = 0
  #isData = false
  /** The beginning of a header that has not arrived as a whole. */
  #header = Buffer.alloc(0)

  take(arrived: Buffer): Taken {
    const bytes = this.#header.byteLength === 0 ? arrived : Buffer.concat([this.#header, arrived])
    const size = bytes.byteLength
    let from = 0
    let to = 0
    while (true) {
      if (this.#left > 0) {
        const part = Math.min(this.#left, size - from)
        if (this.#isData) {
          move(bytes, to, from, part)
          to += part
        }
        from += part
        this.#left -= part
      }
      if (size - from < headerSize) break
      const type = bytes[from]!
      if (type !== copyData && !passedOver.has(type))
        return { data: bytes.subarray(0, to), rest: bytes.subarray(from) }
      this.#isData = type === copyData
      this.#left = bytes.readUInt32BE(from + 1) - (headerSize - 1)
      from += headerSize
    }
    this.#header = Buffer.from(bytes.subarray(from))
    return { data: bytes.subarray(0, to), rest: null }
  }
}
