import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { natural } from "../anyTable.ts"

/** What is written over some bytes, or between two. */
const blows = ["\0", "\xff", "\xc3", '"', '""', ',"', '",', ",", ",,", "\n", "\r", "\r\n", '"\n', "x", " "]

const blow = Arbitrary.all({
  at: natural,
  text: Arbitrary.schema(Schema.Literals(blows)),
  removed: Arbitrary.schema(Schema.Literals([0, 0, 1, 1, 5])),
})

const flip = Arbitrary.all({
  at: natural,
  bit: Arbitrary.schema(Schema.Literals([1, 2, 4, 8, 16, 32, 64, 128])),
})

/** Damage in up to eight places, bits turned over in up to four, and perhaps an end that is missing. */
export const anyDamage = Arbitrary.all({
  blows: Arbitrary.array(blow, { minLength: 1, maxLength: 8 }),
  flips: Arbitrary.array(flip, { maxLength: 4 }),
  isTruncated: Arbitrary.schema(Schema.Literals([false, false, true])),
  end: natural,
})
type AnyDamage = typeof anyDamage extends Arbitrary.Arbitrary<infer A> ? A : never

/** The file, damaged behind its first bytes, which stay. */
export const damaged = (
  file: Uint8Array,
  { blows, end, flips, isTruncated }: AnyDamage,
  spared: number,
): Uint8Array => {
  const bytes = [...file]
  for (const { at, removed, text } of blows)
    bytes.splice(spared + (at % (bytes.length - spared + 1)), removed, ...Buffer.from(text, "latin1"))
  for (const { at, bit } of flips)
    if (bytes.length > spared) bytes[spared + (at % (bytes.length - spared))]! ^= bit
  const whole = Uint8Array.from(bytes)
  return isTruncated ? whole.slice(0, spared + (end % (whole.length - spared + 1))) : whole
}
