import { colon, space } from "../../Bytes/Ascii.ts"
import { Sign, signs } from "./CellSigns.ts"
import { CellType } from "./CellTypes.ts"
import { numericCell } from "./NumericCell.ts"
import { textualCell } from "./TextualCell.ts"

/** The type of the cell `bytes[from, to)`; blanks around it do not count. */
export const cellType = (bytes: Uint8Array, from: number, to: number): number => {
  while (from < to && bytes[from] === space) from++
  while (to > from && bytes[to - 1] === space) to--
  if (from === to) return CellType.empty
  const first = signs[bytes[from]!]!
  const mayBeNumeric =
    first === Sign.digit ||
    ((first === Sign.dash || first === Sign.point || first === Sign.currency) && to - from > 1)
  if (mayBeNumeric && bytes[to - 1] !== colon) {
    const type = numericCell(bytes, from, to)
    if (type >= 0) return type
  }
  return textualCell(bytes, from, to)
}
