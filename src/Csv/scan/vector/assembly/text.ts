import { beyondAscii, input } from "./memory"

/**
 * The tables of Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021), section 6. For two
 * adjacent bytes they give the possible errors by the high half of the first byte, by its low half, and by the high half
 * of the second byte. An error is real if all three tables have it.
 */
const tooShort: i8 = 0x01 // a first byte without its continuation bytes
const tooLong: i8 = 0x02 // ASCII, then a continuation byte
const overlong3: i8 = 0x04
const surrogate: i8 = 0x10
const overlong2: i8 = 0x20
const twoContinuations: i8 = -0x80 // valid only as the third or fourth byte, checked separately
const tooLarge: i8 = 0x08
const tooLarge1000: i8 = 0x40
const overlong4: i8 = 0x40
/** Errors that do not depend on the low half. */
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

/** Nonzero in the bytes where `text`, the 16 bytes from `at`, is not valid UTF-8. */
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
  // A third or fourth byte is due two bytes after a first byte of 0xe0 or more, and three bytes after one of 0xf0 or more:
  // the high bit then remains after the subtraction.
  const third = i8x16.sub_sat_u(v128.load(at - 2), i8x16.splat(0x60))
  const fourth = i8x16.sub_sat_u(v128.load(at - 3), i8x16.splat(0x70))
  const due = v128.and(v128.or(third, fourth), i8x16.splat(-0x80))
  return v128.xor(pairs, due)
}

/** `end`, or the start of the character that is cut there. */
@inline
function wholeCharacters(end: i32): i32 {
  if (load<u8>(end - 1) >= 0xc0) return end - 1
  if (load<u8>(end - 2) >= 0xe0) return end - 2
  if (load<u8>(end - 3) >= 0xf0) return end - 3
  return end
}

/** Whether any byte is NUL or not ASCII, that is, not positive as a signed number. */
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
 * End of the valid UTF-8 without NUL in `[input, end)`, between characters. The first error may be up to 16 bytes after
 * it, because vectors are checked whole. No character may be incomplete before `input`.
 */
export function textEnd(end: i32): i32 {
  // Only the last byte before the input is in memory, and it never starts a character.
  store<u16>(input - 3, 0x2020)
  store<i32>(beyondAscii, 0)
  let at = input
  /** Whether a character may continue from the previous vector. */
  let isOpen = false
  while (at < end) {
    if (!isOpen && at + 64 <= end && !isRemarkable(leastOf64(at))) {
      at += 64
      continue
    }
    const text = v128.load(at)
    const isPlain = !isRemarkable(text)
    if (isOpen || !isPlain) {
      store<i32>(beyondAscii, 1)
      const wrong = v128.or(i8x16.ne(faults(at, text), i8x16.splat(0)), i8x16.eq(text, i8x16.splat(0)))
      const meant = end - at < 16 ? (1 << (end - at)) - 1 : 0xffff
      if (i8x16.bitmask(wrong) & meant) return max(input, wholeCharacters(at))
    }
    isOpen = !isPlain
    at += 16
  }
  return max(input, wholeCharacters(end))
}
