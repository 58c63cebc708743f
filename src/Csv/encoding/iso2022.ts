const escape = 0x1b

/** Escape sequences, without the escape character, that announce another character set in the text that follows. */
const designations: ReadonlyArray<readonly [sequence: string, encoding: Iso2022]> = [
  ["$@", "iso-2022-jp"],
  ["$B", "iso-2022-jp"],
  ["$(D", "iso-2022-jp"],
  ["(J", "iso-2022-jp"],
  ["(I", "iso-2022-jp"],
  ["$)C", "ISO-2022-KR"],
  ["$)A", "ISO-2022-CN"],
  ["$)G", "ISO-2022-CN"],
  ["$*H", "ISO-2022-CN"],
]
const longest = 3

type Iso2022 = "iso-2022-jp" | "ISO-2022-KR" | "ISO-2022-CN"

/** A place in ASCII text where ISO 2022 switches to another character set. */
interface Designation {
  readonly at: number
  /** `null`: the text ends within what may become an escape sequence. */
  readonly encoding: Iso2022 | null
}

/** The first escape sequence of ISO 2022, or its beginning at the end of the text; `null` if there is none. */
export const findDesignation = (bytes: Uint8Array): Designation | null => {
  for (let at = bytes.indexOf(escape); at !== -1; at = bytes.indexOf(escape, at + 1)) {
    const after = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + longest))
    const found = designations.find(([sequence]) => after.startsWith(sequence))
    if (found !== undefined) return { at, encoding: found[1] }
    const isCut = at + 1 + after.length === bytes.length
    if (isCut && designations.some(([sequence]) => sequence.startsWith(after))) return { at, encoding: null }
  }
  return null
}
