import * as Result from "effect/Result"
import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { dosCodePages } from "./dosCodePages.ts"

export const isDosCodePage = (encoding: Encoding): encoding is keyof typeof dosCodePages =>
  encoding in dosCodePages

/** The characters of the bytes from 0x80 to 0xFF in a single-byte encoding; `null` where the encoding has none. */
export const upperCharacters = (encoding: Encoding): ReadonlyArray<string | null> => {
  if (isDosCodePage(encoding)) return Array.from(dosCodePages[encoding])
  const decoder = new TextDecoder(encoding, { fatal: true })
  // One at a time: some versions of Node decode long windows-1252 text as ISO 8859-1.
  return Array.from({ length: 128 }, (_, index) =>
    Result.getOrElse(
      Result.try(() => decoder.decode(Uint8Array.of(0x80 + index))),
      () => null,
    ),
  )
}
