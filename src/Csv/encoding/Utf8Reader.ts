import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import type { Steps } from "../../Bytes/Steps.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import type { EncodingGuess } from "../../Domain/load/Findings.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { contradictionOf, privateCharacters, uncertainEncoding } from "./encodingWarnings.ts"
import { firstHighByte } from "./firstHighByte.ts"
import { findDesignation } from "./iso2022.ts"
import { decodes } from "./guess/decodes.ts"
import { countHighBytes, guessEncoding, maxHighBytes } from "./guess/guessEncoding.ts"
import { isUtf8 } from "./guess/isUtf8.ts"
import { MultiByteTranscoder } from "./MultiByteTranscoder.ts"
import { openTranscoder } from "./openTranscoder.ts"
import { OriginalOffsets } from "./OriginalOffsets.ts"
import { type EncodingHints, sniffEncoding, type Sniffed } from "./sniffEncoding.ts"
import type { Transcoded, Transcoder } from "./Transcoder.ts"

/** Bytes from the first one beyond ASCII on that decide whether the text is UTF-8, and otherwise what it is. */
const enoughForUtf8 = 16 * 1024
const enoughForOthers = 1024 * 1024

/** In UTF-8, only characters of private use have this byte: U+E000 to U+EFFF. */
const privateByte = 0xee

/** ASCII bytes before the first other one that are evidence too. */
const contextSize = 2048

export interface Utf8ReaderOptions extends EncodingHints {
  /** Bytes that are not in the file's encoding become a `badMark` instead of an error. */
  readonly marksBad?: boolean
}

const unsupported = (encoding: string, byteOffset: number): LoadError =>
  loadError(
    "invalid_encoding",
    `The file is ${encoding} text, which is not supported. Save it as UTF-8 and submit its URL again.`,
    { place: { byteOffset } },
  )

/**
 * Converts a file to UTF-8. ASCII is the same in all encodings but UTF-16 and UTF-32, so the encoding is decided at the
 * first other byte, or escape sequence of ISO 2022, even if that comes gigabytes into the file, by the bytes that follow.
 * UTF-8 is not changed; its bad bytes are left for the scanner to reject.
 */
export class Utf8Reader {
  /** Length of the byte order mark, which is not part of the text. */
  readonly offset: number
  readonly #options: Utf8ReaderOptions
  #encoding: Encoding | null = null
  #transcoder: Transcoder | null = null
  #offsets: OriginalOffsets | null = null
  readonly #held = new GrowingBytes()
  #heldHighBytes = 0
  /** The beginning of an escape sequence, at the end of the last chunk of ASCII. */
  #escape: Uint8Array = noBytes
  /** The end of the ASCII text so far. It shows the language, and the beginning of the first word beyond ASCII. */
  #context: Uint8Array = noBytes
  readonly #contradiction: LoadWarning | null
  #isNotUtf8 = false
  #hasPrivateCharacters = false
  #badAt: number | null = null
  #error: LoadError | null = null
  #uncertain: { readonly guess: EncodingGuess; readonly warning: LoadWarning } | null = null
  /** Where the next chunk starts in the file, and the next result in the text; both count the byte order mark. */
  #inputAt: number
  #outputAt: number
  /** Where the input of the next result starts: before the next chunk if bytes are held. */
  #resultAt: number

  /** @param first a prefix of fixed size, or the whole file; it must still be pushed */
  static open(first: Uint8Array, options: Utf8ReaderOptions): Utf8Reader {
    const sniffed = sniffEncoding(first, options)
    const { contradicted = null, encoding, offset } = sniffed
    const isChecked = options.encoding !== undefined && encoding !== null && offset === 0
    return new Utf8Reader(sniffed, options, isChecked ? contradictionOf(first, encoding, contradicted) : null)
  }

  private constructor(
    { encoding, offset }: Sniffed,
    options: Utf8ReaderOptions,
    contradiction: LoadWarning | null,
  ) {
    this.#options = options
    this.#contradiction = contradiction
    this.offset = offset
    this.#inputAt = offset
    this.#outputAt = offset
    this.#resultAt = offset
    if (encoding !== null) this.#settle(encoding)
  }

  /** The detected encoding; UTF-8 while all was ASCII. */
  get encoding(): Encoding {
    return this.#encoding ?? "utf-8"
  }

  /** What to check about the encoding. Complete at the end of the file. */
  get warnings(): ReadonlyArray<LoadWarning> {
    return [
      ...(this.#contradiction !== null
        ? [this.#contradiction]
        : this.#uncertain === null
          ? []
          : [this.#uncertain.warning]),
      ...(this.#hasPrivateCharacters ? [privateCharacters(this.encoding)] : []),
    ]
  }

  /** Set if the encoding was guessed with little evidence. */
  get guess(): EncodingGuess | null {
    return this.#uncertain?.guess ?? null
  }

  /** The first byte that the encoding does not have, if it is not marked. All text before it has been returned. */
  get badAt(): number | null {
    return this.#badAt
  }

  /** Set if the encoding is not supported. */
  get error(): LoadError | null {
    return this.#error
  }

  /** Whether the text ends before the file does. */
  get hasFailed(): boolean {
    return this.#badAt !== null || this.#error !== null
  }

  /** The text of the next chunk: shorter if bytes have to wait, longer if some have waited. */
  *push(chunk: Uint8Array): Steps<Uint8Array> {
    if (this.#encoding === "utf-8" || this.hasFailed) return chunk
    if (this.#transcoder !== null) return this.#transcode(this.#transcoder, chunk)
    return this.#held.length > 0
      ? yield* this.#hold(chunk)
      : yield* this.#pushAscii(joinBytes(this.#escape, chunk))
  }

  /** Returns the text before the first evidence of an encoding, and holds the rest. */
  *#pushAscii(input: Uint8Array): Steps<Uint8Array> {
    this.#escape = noBytes
    const high = firstHighByte(input)
    const designation = findDesignation(input.subarray(0, high))
    const at = designation?.at ?? high
    this.#inputAt += at
    this.#outputAt += at
    this.#resultAt = this.#inputAt
    const text = input.subarray(0, at)
    this.#context = joinBytes(this.#context, text.subarray(-contextSize)).slice(-contextSize)
    if (at === input.length) return text
    if (high < input.length || (designation?.encoding ?? null) !== null)
      return joinBytes(text, yield* this.#hold(input.subarray(at)))
    this.#escape = input.slice(at)
    return text
  }

  /** The rest of the text, at the end of the file. */
  *finish(): Steps<Uint8Array> {
    const rest = joinBytes(this.#escape, yield* this.release(true))
    this.#escape = noBytes
    return this.#transcoder === null || this.hasFailed
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
    const made = openTranscoder(encoding, this.#options.marksBad ?? false)
    this.#transcoder = made
    this.#offsets = new OriginalOffsets((bytes, to, input) => made.inputLength(bytes, to, input))
  }

  /** Keeps a copy of the chunk until there is enough to decide the encoding. */
  *#hold(chunk: Uint8Array): Steps<Uint8Array> {
    this.#held.append(chunk)
    this.#heldHighBytes += countHighBytes(chunk)
    if (this.#held.length < enoughForUtf8) return noBytes
    if (!this.#isNotUtf8) {
      if (isUtf8(this.#held.bytes.subarray(0, enoughForUtf8), false)) return yield* this.release()
      this.#isNotUtf8 = true
    }
    const isEnough = this.#held.length >= enoughForOthers || this.#heldHighBytes >= maxHighBytes
    return isEnough ? yield* this.release() : noBytes
  }

  /** Decides the encoding by the text that is held, and returns that text. `isWhole`: the file ends there. */
  *release(isWhole = false): Steps<Uint8Array> {
    if (this.#held.length === 0) return noBytes
    const all = this.#held.take()
    const encoding = yield* this.#decide(all, isWhole)
    yield
    if (encoding === null) return noBytes
    this.#settle(encoding)
    return this.#transcoder === null ? all : this.#transcode(this.#transcoder, all)
  }

  /** `null` with the error set if the file cannot be read. */
  *#decide(all: Uint8Array, isWhole: boolean): Steps<Encoding | null> {
    const examined = all.subarray(0, enoughForOthers)
    const iso2022 = this.#heldHighBytes === 0 ? (findDesignation(examined)?.encoding ?? null) : null
    if (iso2022 === "iso-2022-jp" && decodes(examined, iso2022, false)) return iso2022
    if (iso2022 !== null && iso2022 !== "iso-2022-jp") {
      this.#error = unsupported(iso2022, this.#inputAt)
      return null
    }
    return !this.#isNotUtf8 && isUtf8(all.subarray(0, enoughForUtf8), isWhole && all.length < enoughForUtf8)
      ? "utf-8"
      : yield* this.#guess(examined)
  }

  *#guess(examined: Uint8Array): Steps<Encoding> {
    const guess = yield* guessEncoding(joinBytes(this.#context, examined), this.#options.declared ?? null)
    const { encoding, runnerUp } = guess
    if (runnerUp !== null)
      this.#uncertain = { guess: { encoding, runnerUp }, warning: uncertainEncoding(guess, runnerUp) }
    return encoding
  }

  #transcode(transcoder: Transcoder, chunk: Uint8Array): Uint8Array {
    return this.#taken(transcoder.push(chunk), transcoder.held, chunk.length)
  }

  /** @param held the number of input bytes that wait in the transcoder, perhaps since earlier chunks */
  #taken({ bytes, badAt, input }: Transcoded, held: number, length: number): Uint8Array {
    if (this.#transcoder instanceof MultiByteTranscoder)
      this.#hasPrivateCharacters ||= bytes.includes(privateByte)
    this.#offsets?.add(this.#resultAt, this.#outputAt, bytes, input)
    this.#outputAt += bytes.length
    if (badAt !== null) this.#badAt = this.#inputAt + badAt
    this.#inputAt += length
    this.#resultAt = this.#inputAt - held
    return bytes
  }
}
