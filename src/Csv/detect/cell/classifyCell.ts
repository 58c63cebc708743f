import { colon, space } from "../../../Bytes/Ascii.ts"
import { ByteClass, byteClasses } from "./ByteClass.ts"
import { CellKind } from "./CellKind.ts"
import { classifyNumeric } from "./classifyNumeric.ts"
import { classifyText } from "./classifyText.ts"

/** The kind of the cell `bytes[from, to)`, ignoring spaces around it. */
export const classifyCell = (bytes: Uint8Array, from: number, to: number): number => {
  while (from < to && bytes[from] === space) from++
  while (to > from && bytes[to - 1] === space) to--
  if (from === to) return CellKind.empty
  const first = byteClasses[bytes[from]!]!
  const mayBeNumeric =
    first === ByteClass.digit ||
    ((first === ByteClass.dash || first === ByteClass.point || first === ByteClass.currency) && to - from > 1)
  if (mayBeNumeric && bytes[to - 1] !== colon) {
    const kind = classifyNumeric(bytes, from, to)
    if (kind >= 0) return kind
  }
  return classifyText(bytes, from, to)
}
