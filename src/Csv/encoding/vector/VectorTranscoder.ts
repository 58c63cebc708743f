import { instantiate } from "../../../Bytes/instantiate.ts"
import * as memory from "./assembly/memory.ts"
import { compiled } from "./Compiled.ts"

type Convert = (from: number, end: number) => number

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly fromForms: Convert
  readonly fromUtf16le: Convert
  readonly fromUtf16be: Convert
}

/** Without WebAssembly, every character is left to the caller. */
const nothing: Convert = (from) => from

/** Fills `memory.packs`. */
const writePacks = (bytes: Uint8Array): void => {
  for (let lengths = 0; lengths < 256; lengths++) {
    let to = memory.packs + 16 * lengths
    for (let n = 0; n < 4; n++) {
      const length = 1 + ((lengths >> n) & 1) + ((lengths >> (n + 4)) & 1)
      for (let byte = 0; byte < length; byte++) bytes[to++] = 4 * n + byte
    }
  }
}

const makeModule = () => {
  const exports = instantiate<Exports>(compiled)
  const buffer = exports?.memory.buffer ?? new ArrayBuffer(memory.packsEnd)
  const bytes = new Uint8Array(buffer)
  writePacks(bytes)
  return {
    bytes,
    numbers: new Int32Array(buffer),
    converters: exports ?? { fromForms: nothing, fromUtf16le: nothing, fromUtf16be: nothing },
    /** The forms in the memory. */
    forms: null as Uint32Array | null,
  }
}
type Module = ReturnType<typeof makeModule>

let instance: Module | undefined

/** What the caller makes of the bytes at which the module has stopped: their text, and their end. */
export interface Converted {
  readonly bytes: Uint8Array
  readonly end: number
}

const concatenated = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/**
 * Converts text to UTF-8 with the WebAssembly module of ./assembly: by forms (`characterForms`), or from UTF-16. Other
 * characters are left to the caller.
 *
 * All transcoders share the module and its memory of half a megabyte, of which only the forms are kept between calls.
 */
export class VectorTranscoder {
  readonly #module: Module
  readonly #convert: Convert
  readonly #forms: Uint32Array | null

  constructor(from: Uint32Array | "utf-16le" | "utf-16be") {
    instance ??= makeModule()
    this.#module = instance
    const { fromForms, fromUtf16be, fromUtf16le } = instance.converters
    this.#convert = from === "utf-16le" ? fromUtf16le : from === "utf-16be" ? fromUtf16be : fromForms
    this.#forms = typeof from === "string" ? null : from
  }

  /**
   * Converts all of the input, or its beginning if `other` ends it.
   *
   * @param other converts the character at an index of the input, and perhaps others after it, to at most three bytes for each
   * byte; `null` ends the text before it
   */
  transcode(input: Uint8Array, other: (at: number) => Converted | null): Converted {
    const { bytes, numbers } = this.#module
    this.#loadForms()
    const parts: Array<Uint8Array> = []
    const flush = (): void => {
      const end = numbers[memory.written >> 2]!
      if (end > memory.output) parts.push(bytes.slice(memory.output, end))
      numbers[memory.written >> 2] = memory.output
    }
    numbers[memory.written >> 2] = memory.output
    let at = 0
    // A character that two blocks share is left to the caller, too.
    for (let isEnded = false; at < input.length && !isEnded; flush()) {
      const size = Math.min(input.length - at, memory.inputSize)
      bytes.set(input.subarray(at, at + size), memory.input)
      const toInput = at - memory.input
      const end = memory.input + size
      let next = this.#convert(memory.input, end)
      while (next < end) {
        const converted = other(next + toInput)
        isEnded = converted === null
        if (converted === null) break
        const written = numbers[memory.written >> 2]!
        if (converted.end - toInput <= end && written + converted.bytes.length <= memory.outputEnd) {
          bytes.set(converted.bytes, written)
          numbers[memory.written >> 2] = written + converted.bytes.length
        } else {
          flush()
          parts.push(converted.bytes)
        }
        next = this.#convert(converted.end - toInput, end)
      }
      at = next + toInput
    }
    return { bytes: concatenated(parts), end: at }
  }

  #loadForms(): void {
    const forms = this.#forms
    if (forms === null || this.#module.forms === forms) return
    const { bytes } = this.#module
    const end = memory.singleForms + forms.byteLength
    bytes.set(new Uint8Array(forms.buffer, forms.byteOffset, forms.byteLength), memory.singleForms)
    bytes.fill(0, end, memory.formsEnd)
    this.#module.forms = forms
  }
}
