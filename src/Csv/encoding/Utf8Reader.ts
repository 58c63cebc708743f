import * as Effect from "effect/Effect"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import { firstHighByte } from "./firstHighByte.ts"
import { countHighBytes, guessEncoding, isUtf8, maxHighBytes } from "./guessEncoding.ts"
import { type EncodingHints, sniffEncoding } from "./sniffEncoding.ts"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import { OriginalOffsets } from "./OriginalOffsets.ts"
import { openTranscoder } from "./openTranscoder.ts"
import type { Transcoded, Transcoder } from "./Transcoder.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

/** Bytes from the first one beyond ASCII on that decide whether the text is UTF-8, and otherwise what it is. */
const enoughForUtf8 = 16 * 1024
const enoughForOthers = 1024 * 1024

/**
 * Converts a file to UTF-8. ASCII is the same in all encodings but UTF-16, so the encoding is decided at the first other
 * byte, even if that comes gigabytes into the file, by the bytes that follow. UTF-8 is not changed; its bad bytes are left
 * for the scanner to reject.
 */
export class Utf8Reader {
  /** Length of the byte order mark, which is not part of the text. */
  readonly offset: number
  readonly #declared: Encoding | null
  readonly #marksBad: boolean
  #encoding: Encoding | null
  #transcoder: Transcoder | null = null
  #offsets: OriginalOffsets | null = null
  #held: Array<Uint8Array> = []
  #heldBytes = 0
  #heldHighBytes = 0
  #isNotUtf8 = false
  #error: LoadError | null = null
  /** Where the next chunk starts in the file, and the next result in the text; both count the byte order mark. */
  #inputAt: number
  #outputAt: number
  /** Where the input of the next result starts: before the next chunk if bytes are held. */
  #resultAt: number

  /**
   * @param first at least the first kilobyte, or the whole file; it must still be pushed
   * @param options.marksBad bytes that are not in the file's encoding become a `badMark` instead of an error
   */
  static open(
    first: Uint8Array,
    options: EncodingHints & { readonly marksBad?: boolean },
  ): Effect.Effect<Utf8Reader, LoadError> {
    const sniffed = sniffEncoding(first, options)
    return "encoding" in sniffed
      ? Effect.succeed(
          new Utf8Reader(
            sniffed.encoding,
            sniffed.offset,
            options.declared ?? null,
            options.marksBad ?? false,
          ),
        )
      : Effect.fail(sniffed)
  }

  private constructor(
    encoding: Encoding | null,
    offset: number,
    declared: Encoding | null,
    marksBad: boolean,
  ) {
    this.#marksBad = marksBad
    this.offset = offset
    this.#inputAt = offset
    this.#outputAt = offset
    this.#resultAt = offset
    this.#declared = declared
    this.#encoding = null
    if (encoding !== null) this.#settle(encoding)
  }

  /** The detected encoding; UTF-8 while all was ASCII. */
  get encoding(): Encoding {
    return this.#encoding ?? "utf-8"
  }

  /** Set if the file is not in its encoding. All text before the bad byte has been returned. */
  get error(): LoadError | null {
    return this.#error
  }

  /** The text of the next chunk: shorter if bytes have to wait, longer if some have waited. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#encoding === "utf-8" || this.#error !== null) return chunk
    if (this.#transcoder !== null) return this.#transcode(this.#transcoder, chunk)
    if (this.#heldBytes > 0) return this.#hold(chunk)
    const at = firstHighByte(chunk)
    this.#inputAt += at
    this.#outputAt += at
    this.#resultAt = this.#inputAt
    return at === chunk.length ? chunk : joinBytes(chunk.subarray(0, at), this.#hold(chunk.subarray(at)))
  }

  /** The rest of the text, at the end of the file. */
  finish(): Uint8Array {
    const rest = this.#released(true)
    return this.#transcoder === null || this.#error !== null
      ? rest
      : joinBytes(rest, this.#taken(this.#transcoder.finish(), 0, 0))
  }

  /** The offset in the file for an offset in the text; both count the byte order mark. */
  originalOffset(offset: number): number {
    return this.#offsets === null ? offset : this.#offsets.find(offset)
  }

  #settle(encoding: Encoding): void {
    this.#encoding = encoding
    if (encoding === "utf-8") return
    const made = openTranscoder(encoding, this.#marksBad)
    this.#transcoder = made
    this.#offsets = new OriginalOffsets((bytes, to) => made.inputLength(bytes, to))
  }

  /** Keeps a copy of the chunk until there is enough to decide the encoding. */
  #hold(chunk: Uint8Array): Uint8Array {
    this.#held.push(chunk.slice())
    this.#heldBytes += chunk.length
    this.#heldHighBytes += countHighBytes(chunk)
    if (this.#heldBytes < enoughForUtf8) return noBytes
    if (!this.#isNotUtf8) {
      if (isUtf8(this.#window(enoughForUtf8), false)) return this.#released(false)
      this.#isNotUtf8 = true
    }
    const isEnough = this.#heldBytes >= enoughForOthers || this.#heldHighBytes >= maxHighBytes
    return isEnough ? this.#released(false) : noBytes
  }

  #window(size: number): Uint8Array {
    const all = new Uint8Array(this.#heldBytes)
    let at = 0
    for (const chunk of this.#held) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all.subarray(0, size)
  }

  /** The text that is held, its encoding decided by that alone. */
  release(): Uint8Array {
    return this.#released(false)
  }

  /** Decides the encoding by the text that is held, and returns that text. */
  #released(isWhole: boolean): Uint8Array {
    if (this.#heldBytes === 0) return noBytes
    const all = this.#window(Infinity)
    this.#held = []
    this.#heldBytes = 0
    this.#settle(
      !this.#isNotUtf8 && isUtf8(all.subarray(0, enoughForUtf8), isWhole && all.length < enoughForUtf8)
        ? "utf-8"
        : guessEncoding(all.subarray(0, enoughForOthers), this.#declared),
    )
    return this.#transcoder === null ? all : this.#transcode(this.#transcoder, all)
  }

  #transcode(transcoder: Transcoder, chunk: Uint8Array): Uint8Array {
    return this.#taken(transcoder.push(chunk), transcoder.held, chunk.length)
  }

  /** @param held the number of input bytes that wait in the transcoder, perhaps since earlier chunks */
  #taken({ bytes, badAt }: Transcoded, held: number, length: number): Uint8Array {
    this.#offsets?.add(this.#resultAt, this.#outputAt, bytes)
    this.#outputAt += bytes.length
    if (badAt !== null) {
      const byteOffset = this.#inputAt + badAt
      this.#error = loadError(
        "invalid_encoding",
        `The file is not valid ${this.encoding} at byte ${byteOffset}. Save it as UTF-8, or specify its encoding.`,
        { place: { byteOffset } },
      )
    }
    this.#inputAt += length
    this.#resultAt = this.#inputAt - held
    return bytes
  }
}
