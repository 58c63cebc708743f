import { digitsEnd, lowerCase } from "../../../Bytes/Ascii.ts"
import { letter, sawFalse as sawStrictFalse, sawTrue as sawStrictTrue } from "../BooleanKind.ts"
import { encodeBoolean } from "../encode/encodeBoolean.ts"
import type { Reading } from "./Reading.ts"

const open = 1
const sawTrue = 2
const sawFalse = 4
/** A word for true or false itself was seen, of more than its first letter. */
const sawWord = 8

/** Other words can be codes: `NO` for Norway, `ON` for Ontario. */
const isTrueOrFalse = (letter: number): boolean =>
  (letter | lowerCase) === 0x74 || (letter | lowerCase) === 0x66

const value = new DataView(new ArrayBuffer(1))

/**
 * The words for true and false that Postgres knows: `yes` and `no`, `y` and `n`, `on` and `off` besides those of the strict
 * booleans, in any letter case. One of them alone makes a boolean only if it is `true` or `false`. `0` and `1` are numbers.
 */
export const lenientBoolean: Reading = {
  begin: ({ facts, kind }) => {
    if (kind === null) return open
    if (kind !== "boolean") return 0
    return (
      open |
      ((facts & sawStrictTrue) === 0 ? 0 : sawTrue) |
      ((facts & sawStrictFalse) === 0 ? 0 : sawFalse) |
      ((facts & letter) === 0 ? sawWord : 0)
    )
  },
  look: (bytes, from, to, facts) => {
    if (encodeBoolean(bytes, from, to, value, 0) === -1 || digitsEnd(bytes, from, to) > from) return 0
    return (
      facts |
      (value.getUint8(0) === 1 ? sawTrue : sawFalse) |
      (to - from > 1 && isTrueOrFalse(bytes[from]!) ? sawWord : 0)
    )
  },
  type: (facts) => {
    const sawBoth = (facts & sawTrue) !== 0 && (facts & sawFalse) !== 0
    return sawBoth || (facts & sawWord) !== 0 ? "boolean" : "text"
  },
  convert: (_, name) => `${name}::boolean`,
  undecided: () => null,
}
