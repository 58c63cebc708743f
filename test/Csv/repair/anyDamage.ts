import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { natural } from "../anyTable.ts"

/** Texts that replace some bytes or are inserted between two. */
const edits = ["\0", "\xff", "\xc3", '"', '""', ',"', '",', ",", ",,", "\n", "\r", "\r\n", '"\n', "x", " "]

const edit = Arbitrary.all({
  at: natural,
  text: Arbitrary.schema(Schema.Literals(edits)),
  removed: Arbitrary.schema(Schema.Literals([0, 0, 1, 1, 5])),
})

const flip = Arbitrary.all({
  at: natural,
  bit: Arbitrary.schema(Schema.Literals([1, 2, 4, 8, 16, 32, 64, 128])),
})

/** Up to eight replaced texts, up to four flipped bits, and possibly a truncated end. */
export const anyDamage = Arbitrary.all({
  edits: Arbitrary.array(edit, { minLength: 1, maxLength: 8 }),
  flips: Arbitrary.array(flip, { maxLength: 4 }),
  isTruncated: Arbitrary.schema(Schema.Literals([false, false, true])),
  end: natural,
})
type AnyDamage = typeof anyDamage extends Arbitrary.Arbitrary<infer A> ? A : never

/** Damages a file after its first `spared` bytes. */
export const damaged = (
  file: Uint8Array,
  { edits, end, flips, isTruncated }: AnyDamage,
  spared: number,
): Uint8Array => {
  const bytes = [...file]
  for (const { at, removed, text } of edits)
    bytes.splice(spared + (at % (bytes.length - spared + 1)), removed, ...Buffer.from(text, "latin1"))
  for (const { at, bit } of flips)
    if (bytes.length > spared) bytes[spared + (at % (bytes.length - spared))]! ^= bit
  const whole = Uint8Array.from(bytes)
  return isTruncated ? whole.slice(0, spared + (end % (whole.length - spared + 1))) : whole
}
