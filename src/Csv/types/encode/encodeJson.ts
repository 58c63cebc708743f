import type { Encoder } from "./Encoder.ts"

/** The binary form of a `jsonb` is the version of the format and the text (`jsonb_recv`), which Postgres parses. */
const version = 1

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** JSON of any kind (RFC 8259). */
export const encodeJson: Encoder = (bytes, from, to, out, at) => {
  if (!isJson(decoder.decode(bytes.subarray(from, to)))) return -1
  out.setUint8(at, version)
  new Uint8Array(out.buffer, out.byteOffset + at + 1).set(bytes.subarray(from, to))
  return at + 1 + to - from
}
