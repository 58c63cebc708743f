import { binaryHeader, binaryTrailer } from "../../../src/Layers/database/session/CopyIn.ts"

const decimalForm = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i
const specialForm = /^\s*(?:nan|[+-]?inf(?:inity)?)\s*$/i

/** Whether Postgres reads the text as a number in every version. */
export const isNumber = (text: string): boolean => decimalForm.test(text) || specialForm.test(text)
const rowHead = Uint8Array.of(0, 2)
const numberField = (n: number): Uint8Array => {
  const field = new DataView(new ArrayBuffer(8))
  field.setInt32(0, 4)
  field.setInt32(4, n)
  return new Uint8Array(field.buffer)
}

/** Rows in COPY's binary format: a number, counted from 0, and a field, if there is one. */
export const encodedRows = function* (fields: ReadonlyArray<Uint8Array | null>) {
  yield binaryHeader.bytes
  for (const [n, field] of fields.entries())
    if (field !== null) yield Buffer.concat([rowHead, numberField(n), field])
  yield binaryTrailer.bytes
}

/** The start of a text, for a message. */
export const shown = (text: string | null): string =>
  text === null ? "nothing" : JSON.stringify(text.slice(0, 80))
