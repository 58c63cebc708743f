import { input } from "./memory"

/**
 * The tables of Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021), section 6:
 * of two neighbouring bytes, what is wrong by the high half of the first, by its low half and by the high half
 * of the second. Only what all three agree on is wrong.
 */
const tooShort: i8 = 0x01 // a first byte, and none of the bytes it needs
const tooLong: i8 = 0x02 // ASCII, and a byte that continues nothing
const overlong3: i8 = 0x04
const surrogate: i8 = 0x10
const overlong2: i8 = 0x20
const twoContinuations: i8 = -0x80 // right only as the third or fourth byte, which is checked apart
const tooLarge: i8 = 0x08
const tooLarge1000: i8 = 0x40
const overlong4: i8 = 0x40
/** What the low half has no say in. */
const carried: i8 = tooShort | tooLong | twoContinuations

@inline
function byFirstHigh(): v128 {
  return i8x16(
    tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong,
    twoContinuations, twoContinuations, twoContinuations, twoContinuations,
    tooShort | overlong2,
    tooShort,
    tooShort | overlong3 | surrogate,
    tooShort | tooLarge | tooLarge1000 | overlong4,
  )
}

@inline
function byFirstLow(): v128 {
  return i8x16(
    carried | overlong3 | overlong2 | overlong4,
    carried | overlong2,
    carried,
    carried,
    carried | tooLarge,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000 | surrogate,
    carried | tooLarge | tooLarge1000,
    carried | tooLarge | tooLarge1000,
  )
}

@inline
function bySecondHigh(): v128 {
  return i8x16(
    tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
    tooLong | overlong2 | twoContinuations | overlong3 | tooLarge1000 | overlong4,
    tooLong | overlong2 | twoContinuations | overlong3 | tooLarge,
    tooLong | overlong2 | twoContinuations | surrogate | tooLarge,
    tooLong | overlong2 | twoContinuations | surrogate | tooLarge,
    tooShort, tooShort, tooShort, tooShort,
  )
}

/** Not zero in the bytes where `text`, 16 bytes from `at`, goes against UTF-8. */
@inline
function faults(at: i32, text: v128): v128 {
  const low = i8x16.splat(0x0f)
  const previous = v128.load(at - 1)
  const pairs = v128.and(
    v128.and(
      i8x16.swizzle(byFirstHigh(), v128.and(i16x8.shr_u(previous, 4), low)),
      i8x16.swizzle(byFirstLow(), v128.and(previous, low)),
    ),
    i8x16.swizzle(bySecondHigh(), v128.and(i16x8.shr_u(text, 4), low)),
  )
  // The third byte of three, the third and fourth of four: above 0x7f is what is left of a first byte from
  // 0xe0 two before, or from 0xf0 three before.
  const third = i8x16.sub_sat_u(v128.load(at - 2), i8x16.splat(0x60))
  const fourth = i8x16.sub_sat_u(v128.load(at - 3), i8x16.splat(0x70))
  const due = v128.and(v128.or(third, fourth), i8x16.splat(-0x80))
  return v128.xor(pairs, due)
}

/** `end`, or where the character begins that is cut there. */
@inline
function wholeCharacters(end: i32): i32 {
  if (load<u8>(end - 1) >= 0xc0) return end - 1
  if (load<u8>(end - 2) >= 0xe0) return end - 2
  if (load<u8>(end - 3) >= 0xf0) return end - 3
  return end
}

/** Whether any byte is NUL or beyond ASCII: those are not above 0, taken as signed numbers. */
@inline
function isRemarkable(text: v128): bool {
  return i8x16.bitmask(i8x16.le_s(text, i8x16.splat(0))) != 0
}

@inline
function leastOf64(at: i32): v128 {
  return i8x16.min_s(
    i8x16.min_s(v128.load(at), v128.load(at, 16)),
    i8x16.min_s(v128.load(at, 32), v128.load(at, 48)),
  )
}

/**
 * How far `[input, end)` is well-formed UTF-8 without NUL: an address with whole characters before it. Trouble
 * is found by the vector, so it may be up to 16 bytes on. No character may be open before `input`.
 */
export function textEnd(end: i32): i32 {
  // Of what is before the piece only the last byte is there, and never opens a character.
  store<u16>(input - 3, 0x2020)
  let at = input
  /** Whether a character may reach over from the vector before. */
  let isOpen = false
  while (at < end) {
    if (!isOpen && at + 64 <= end && !isRemarkable(leastOf64(at))) {
      at += 64
      continue
    }
    const text = v128.load(at)
    const isPlain = !isRemarkable(text)
    if (isOpen || !isPlain) {
      const wrong = v128.or(i8x16.ne(faults(at, text), i8x16.splat(0)), i8x16.eq(text, i8x16.splat(0)))
      const meant = end - at < 16 ? (1 << (end - at)) - 1 : 0xffff
      if (i8x16.bitmask(wrong) & meant) return max(input, wholeCharacters(at))
    }
    isOpen = !isPlain
    at += 16
  }
  return max(input, wholeCharacters(end))
}
