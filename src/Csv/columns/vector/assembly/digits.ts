/** Bytes as decimal digits, with vectors, and numbers as big-endian bytes, for which WebAssembly has no instruction. */

const zero: i8 = 0x30

@inline
function positions(): v128 {
  return i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

/** The 16 bytes from `at` as digits: other characters are more than 9. */
@inline
export function digitsAt(at: i32): v128 {
  return i8x16.sub(v128.load(at), i8x16.splat(zero))
}

/** A bit for each of the first `length` bytes, at most 16, that is no digit. */
@inline
export function otherThanDigits(digits: v128, length: i32): i32 {
  return i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9))) & ((1 << length) - 1)
}

/** The first `length` bytes, and zeros after them. */
@inline
export function firstOf(digits: v128, length: i32): v128 {
  return v128.and(digits, i8x16.lt_u(positions(), i8x16.splat(<i8>length)))
}

/** 16 digits as eight numbers of two digits. */
@inline
export function pairsOf(digits: v128): v128 {
  return i16x8.add(i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(digits, 8))
}

/** 16 digits as four numbers of four digits. */
@inline
function foursOf(digits: v128): v128 {
  return i32x4.dot_i16x8_s(pairsOf(digits), i16x8(100, 1, 100, 1, 100, 1, 100, 1))
}

/** The number that the first `length` digits write. */
@inline
export function wholeOf(digits: v128, length: i32): u64 {
  const atEnd = i8x16.swizzle(digits, i8x16.add(positions(), i8x16.splat(<i8>(length - 16))))
  const fours = foursOf(atEnd)
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i16x8(10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1))
  const both = <u64>i64x2.extract_lane(eights, 0)
  return (both & 0xffffffff) * 100_000_000 + (both >> 32)
}

/**
 * Eight digits before the point at `whole` and eight after it, as four digits to the base 10,000 in 16 bits each, each
 * big-endian and the first one in the lowest bytes. After the number, the digits are zeros.
 */
@inline
export function decimalOf(digits: v128, whole: i32): u64 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16)
  const fours = foursOf(i8x16.swizzle(digits, i8x16.add(places, i8x16.splat(<i8>(whole - 8)))))
  const swapped = i8x16.shuffle(fours, fours, 1, 0, 5, 4, 9, 8, 13, 12, 0, 0, 0, 0, 0, 0, 0, 0)
  return <u64>i64x2.extract_lane(swapped, 0)
}

@inline
export function store64(at: i32, value: u64): void {
  const bytes = i64x2.splat(<i64>value)
  v128.store(at, i8x16.shuffle(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0))
}

/** The length of a field, nearly always less than 256. */
@inline
export function lengthAt(at: i32): i32 {
  const bytes = load<u32>(at)
  return (bytes & 0x00ffffff) == 0 ? <i32>(bytes >> 24) : bswap<i32>(<i32>bytes)
}

@inline
export function storeLength(at: i32, length: i32): void {
  store<i32>(at, length < 256 ? length << 24 : bswap<i32>(length))
}
