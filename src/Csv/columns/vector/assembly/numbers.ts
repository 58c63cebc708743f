import { decimalOf, digitsAt, firstOf, otherThanDigits, store64, wholeOf } from "./digits"

const none: i32 = -1
const zero: u32 = 0x30
const minus: u32 = 0x2d
const point: u32 = 0x2e

/** The fact about a column of numbers that doubles print all its values, as in src/Csv/types/NumberKind.ts. */
const double: i32 = 4
/** A double has every number of this many digits exactly. */
const safeDigits: i32 = 15

/**
 * Whether the bytes are 1 to 16 digits without a superfluous zero at the start: one with another digit after it or a sign
 * before it, which only doubles keep.
 */
@inline
function isWhole(digits: v128, first: i32, length: i32, isNegative: i32): bool {
  if (<u32>(length - 1) > 15 || otherThanDigits(digits, length) != 0) return false
  return load<u8>(first) != zero || length + isNegative == 1
}

/** Whole numbers of up to 15 digits, and of 16 in a column that has lost the doubles. */
@inline
export function bigintEnd(facts: i32, from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const first = from + isNegative
  const length = to - first
  const digits = digitsAt(first)
  if (!isWhole(digits, first, length, isNegative) || (length > safeDigits && (facts & double) != 0)) return none
  const value = wholeOf(digits, length)
  store64(at, isNegative ? 0 - value : value)
  return at + 8
}

/** A whole number that the type with this largest one has; its sign is apart. */
@inline
function smallOf(most: u32, first: i32, to: i32, isNegative: i32): i32 {
  const digits = digitsAt(first)
  if (!isWhole(digits, first, to - first, isNegative)) return none
  const value = wholeOf(digits, to - first)
  return value > most ? none : <i32>value
}

export function integerEnd(from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const value = smallOf(0x7fffffff, from + isNegative, to, isNegative)
  if (value == none) return none
  store<u32>(at, bswap<u32>(isNegative ? 0 - value : value))
  return at + 4
}

export function smallintEnd(from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const value = smallOf(0x7fff, from + isNegative, to, isNegative)
  if (value == none) return none
  store<u16>(at, bswap<u16>(<u16>(isNegative ? 0 - value : value)))
  return at + 2
}

/**
 * The number of digits before the point, of up to eight digits before it and eight after it, 16 bytes in all, with digits on
 * both sides and without a superfluous zero at the start; 0 for other texts. As long as doubles may print all values of the
 * column, zeros at the end and numbers that doubles print with an exponent are excluded.
 */
@inline
function wholeDigits(facts: i32, digits: v128, first: i32, to: i32): i32 {
  const length = to - first
  if (<u32>(length - 1) > 15) return 0
  const others = otherThanDigits(digits, length)
  // The position of the point, or the end.
  const whole = <i32>ctz(others | (1 << length))
  if (<u32>(whole - 1) > 7 || (load<u8>(first) == zero && whole > 1)) return 0
  if (others == 0) return whole
  const scale = length - whole - 1
  if ((others & (others - 1)) != 0 || load<u8>(first + whole) != point || <u32>(scale - 1) > 7) return 0
  if ((facts & double) != 0) {
    if (load<u8>(to - 1) == zero) return 0
    if (load<u8>(first) == zero && scale > 4 && load<u32>(first + 2) == 0x30303030) return 0
  }
  return whole
}

/** @param most digits before the point and, from the ninth bit on, after it, that the column takes without rounding */
@inline
export function numericEnd(facts: i32, most: i32, from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const first = from + isNegative
  const length = to - first
  const text = digitsAt(first)
  const whole = wholeDigits(facts, text, first, to)
  if (whole == 0) return none
  const scale = max(0, length - whole - 1)
  if (whole > (most & 0xff) || scale > most >> 8) return none
  const digits = decimalOf(firstOf(text, length), whole)
  if (digits == 0) {
    if (isNegative) return none
    store64(at, scale)
    return at + 8
  }
  // Zeros at both ends are not written.
  const leading = <i32>(ctz(digits) >> 4)
  const count = 4 - leading - <i32>(clz(digits) >> 4)
  store64(at, (<u64>count << 48) | ((<u64>(1 - leading) & 0xffff) << 32) | (<u64>isNegative << 30) | <u64>scale)
  store<u64>(at, digits >> (leading << 4), 8)
  return at + 8 + 2 * count
}

export function doubleEnd(facts: i32, from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const first = from + isNegative
  const text = digitsAt(first)
  const length = wholeDigits(facts, text, first, to)
  if (length == 0) return none
  const scale = max(0, to - first - length - 1)
  let power: u64 = 1
  for (let digit = 0; digit < scale; digit++) power *= 10
  const whole = wholeOf(text, length)
  const digits = scale == 0 ? whole : whole * power + wholeOf(digitsAt(to - scale), scale)
  if (digits == 0 && isNegative) return none
  // One rounding of two exact operands (Clinger 1990).
  const value = <f64>digits / <f64>power
  store64(at, reinterpret<u64>(isNegative ? -value : value))
  return at + 8
}

/** Numbers of few digits, which a number of 32 bits has exactly as one of them divided by a power of ten. */
export function realEnd(from: i32, to: i32, at: i32): i32 {
  const isNegative = <i32>(load<u8>(from) == minus)
  const first = from + isNegative
  const text = digitsAt(first)
  const length = wholeDigits(0, text, first, to)
  if (length == 0) return none
  const scale = max(0, to - first - length - 1)
  let power: u64 = 1
  for (let digit = 0; digit < scale; digit++) power *= 10
  const whole = wholeOf(text, length)
  const digits = scale == 0 ? whole : whole * power + wholeOf(digitsAt(to - scale), scale)
  if (digits > 1 << 24 || (digits == 0 && isNegative)) return none
  const value = <f32>digits / <f32>power
  store<u32>(at, bswap<u32>(reinterpret<u32>(isNegative ? -value : value)))
  return at + 4
}
