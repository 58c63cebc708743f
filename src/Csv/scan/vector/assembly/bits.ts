export const lineFeed: u32 = 0x0a
export const carriageReturn: u32 = 0x0d

/** A bit for each of the 64 bytes from `at` that equals the byte in `pattern`. */
@inline
export function bitsLike(at: i32, pattern: v128): u64 {
  return (
    <u64>i8x16.bitmask(i8x16.eq(v128.load(at), pattern)) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 16), pattern)) << 16) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 32), pattern)) << 32) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 48), pattern)) << 48)
  )
}
