import * as Effect from "effect/Effect"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import { beginning, type EncodingHints } from "./Beginning.ts"
import { firstHighByte } from "./FirstHighByte.ts"
import { countHighBytes, guessEncoding, isUtf8, mostHighBytes } from "./GuessEncoding.ts"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import { OriginalOffsets } from "./OriginalOffsets.ts"
import { openTranscoder } from "./openTranscoder.ts"
import type { Transcoded, Transcoder } from "./Transcoder.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

/** Bytes from the first one beyond ASCII that settle whether the text is UTF-8, and, if not, what it is. */
const enoughForUtf8 = 16 * 1024
const enoughForOthers = 1024 * 1024

/**
 * Reads a file in whatever encoding as UTF-8. ASCII is the same in all encodings but UTF-16, so the question is
 * put only where the first other byte comes, be it gigabytes into the file, and answered by what follows.
 * UTF-8 passes as it is, bad bytes too: whoever reads it must refuse them.
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
  #isUtf8Denied = false
  #error: LoadError | null = null
  /** Where the next chunk starts in the file, and the next answer in the text; a byte order mark counts in both. */
  #inputAt: number
  #outputAt: number
  /** Where the bytes start that the next answer is made of: before the next chunk where some are held. */
  #answerAt: number

  /**
   * @param first the first kilobyte or more, which is still to be pushed; fewer if the file has no more
   * @param options.marksBad what is not in the file's encoding becomes a byte that is not UTF-8, and is no error
   */
  static open(
    first: Uint8Array,
    options: EncodingHints & { readonly marksBad?: boolean },
  ): Effect.Effect<Utf8Reader, LoadError> {
    const found = beginning(first, options)
    return "encoding" in found
      ? Effect.succeed(
          new Utf8Reader(found.encoding, found.offset, options.declared ?? null, options.marksBad ?? false),
        )
      : Effect.fail(found)
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
    this.#answerAt = offset
    this.#declared = declared
    this.#encoding = null
    if (encoding !== null) this.#settle(encoding)
  }

  /** What the file was found to be in; UTF-8 as long as all was ASCII. */
  get encoding(): Encoding {
    return this.#encoding ?? "utf-8"
  }

  /** The file is not in its encoding: all text before that has been given out. */
  get error(): LoadError | null {
    return this.#error
  }

  /** The text of the next chunk: less where bytes have to wait, more where some have waited. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#encoding === "utf-8" || this.#error !== null) return chunk
    if (this.#transcoder !== null) return this.#transcode(this.#transcoder, chunk)
    if (this.#heldBytes > 0) return this.#hold(chunk)
    const at = firstHighByte(chunk)
    this.#inputAt += at
    this.#outputAt += at
    this.#answerAt = this.#inputAt
    return at === chunk.length ? chunk : joinBytes(chunk.subarray(0, at), this.#hold(chunk.subarray(at)))
  }

  /** The text that is still to come when the file ends. */
  finish(): Uint8Array {
    const rest = this.#released(true)
    return this.#transcoder === null || this.#error !== null
      ? rest
      : joinBytes(rest, this.#taken(this.#transcoder.finish(), 0, 0))
  }

  /** The offset in the file of an offset in the text, the byte order mark counted in both. */
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

  /** Keeps the chunk until there is enough to tell the encoding. The chunk is copied: it is the source's. */
  #hold(chunk: Uint8Array): Uint8Array {
    this.#held.push(chunk.slice())
    this.#heldBytes += chunk.length
    this.#heldHighBytes += countHighBytes(chunk)
    if (this.#heldBytes < enoughForUtf8) return noBytes
    if (!this.#isUtf8Denied) {
      if (isUtf8(this.#window(enoughForUtf8), false)) return this.#released(false)
      this.#isUtf8Denied = true
    }
    const isEnough = this.#heldBytes >= enoughForOthers || this.#heldHighBytes >= mostHighBytes
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

  /** The text that has come, its encoding settled by no more than that. */
  release(): Uint8Array {
    return this.#released(false)
  }

  /** Settles the encoding by what is held, and gives it out. */
  #released(isWhole: boolean): Uint8Array {
    if (this.#heldBytes === 0) return noBytes
    const all = this.#window(Infinity)
    this.#held = []
    this.#heldBytes = 0
    this.#settle(
      !this.#isUtf8Denied && isUtf8(all.subarray(0, enoughForUtf8), isWhole && all.length < enoughForUtf8)
        ? "utf-8"
        : guessEncoding(all.subarray(0, enoughForOthers), this.#declared),
    )
    return this.#transcoder === null ? all : this.#transcode(this.#transcoder, all)
  }

  #transcode(transcoder: Transcoder, chunk: Uint8Array): Uint8Array {
    return this.#taken(transcoder.push(chunk), transcoder.held, chunk.length)
  }

  /** @param held bytes of input that wait in the transcoder, of which some may be from before the chunk */
  #taken({ bytes, badAt }: Transcoded, held: number, length: number): Uint8Array {
    this.#offsets?.add(this.#answerAt, this.#outputAt, bytes)
    this.#outputAt += bytes.length
    if (badAt !== null) {
      const byteOffset = this.#inputAt + badAt
      this.#error = loadError(
        "invalid_encoding",
        `The file is not valid ${this.encoding} at byte ${byteOffset}. Save it as UTF-8, or say which encoding it is in.`,
        { place: { byteOffset } },
      )
    }
    this.#inputAt += length
    this.#answerAt = this.#inputAt - held
    return bytes
  }
}
