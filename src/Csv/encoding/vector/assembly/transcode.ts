import * as memory from "./memory"

/** Writes a character from its form, and returns the end of it. */
@inline
function write(form: u32, to: i32): i32 {
  store<u32>(to, form)
  return to + 2 + <i32>((form & 0xff) >= 0xe0) + <i32>((form & 0xff) >= 0xf0)
}

/**
 * Converts the input `[from, end)` by the forms of its characters. Returns where it ends: at `end`, or at the first character
 * that has no form here.
 */
export function fromForms(from: i32, end: i32): i32 {
  let at = from
  let to = load<i32>(memory.written)
  while (at < end) {
    const text = v128.load(at)
    v128.store(to, text)
    const others = i8x16.bitmask(text)
    const ascii = min(others ? ctz(others) : 16, end - at)
    at += ascii
    to += ascii
    while (at < end) {
      const byte = <i32>load<u8>(at)
      if (byte < 0x80) break
      let form = load<u32>(memory.singleForms + ((byte - 0x80) << 2))
      let length = 1
      if (form == 0 && at + 1 < end) {
        form = load<u32>(memory.pairForms + ((((byte - 0x80) << 8) | <i32>load<u8>(at + 1)) << 2))
        length = 2
      }
      if (form == 0) {
        store<i32>(memory.written, to)
        return at
      }
      to = write(form, to)
      at += length
    }
  }
  store<i32>(memory.written, to)
  return at
}

@inline
function swapped(units: v128): v128 {
  return v128.or(i16x8.shl(units, 8), i16x8.shr_u(units, 8))
}

@inline
function unitAt(at: i32, isBigEndian: bool): u32 {
  const unit = <u32>load<u16>(at)
  return isBigEndian ? ((unit & 0xff) << 8) | (unit >> 8) : unit
}

/**
 * Writes four units, none of them a surrogate, and returns the end of their text. Each has its form in a lane of four bytes, and
 * a table (`memory.packs`) closes the gaps.
 */
@inline
function writeFour(units: v128, to: i32): i32 {
  const last = v128.and(units, i32x4.splat(0x3f))
  const middle = v128.and(i32x4.shr_u(units, 6), i32x4.splat(0x3f))
  const two = v128.or(v128.or(i32x4.shr_u(units, 6), i32x4.splat(0x80c0)), i32x4.shl(last, 8))
  const three = v128.or(
    v128.or(i32x4.shr_u(units, 12), i32x4.splat(0x8080e0)),
    v128.or(i32x4.shl(middle, 8), i32x4.shl(last, 16)),
  )
  const isLong = i32x4.gt_s(units, i32x4.splat(0x7f))
  const isLongest = i32x4.gt_s(units, i32x4.splat(0x7ff))
  const forms = v128.bitselect(three, v128.bitselect(two, units, isLong), isLongest)
  const long = i32x4.bitmask(isLong)
  const longest = i32x4.bitmask(isLongest)
  v128.store(to, i8x16.swizzle(forms, v128.load(memory.packs + ((long | (longest << 4)) << 4))))
  return to + 4 + popcnt(long) + popcnt(longest)
}

@inline
function convertUnits(from: i32, end: i32, isBigEndian: bool): i32 {
  let at = from
  let to = load<i32>(memory.written)
  while (at + 1 < end) {
    const first = isBigEndian ? swapped(v128.load(at)) : v128.load(at)
    if (at + 16 <= end) {
      if (!v128.any_true(i16x8.gt_u(first, i16x8.splat(0x7f)))) {
        v128.store(to, i8x16.narrow_i16x8_u(first, first))
        to += 8
        at += 16
        continue
      }
      const surrogates = i16x8.eq(v128.and(first, i16x8.splat(<i16>0xf800)), i16x8.splat(<i16>0xd800))
      if (!v128.any_true(surrogates)) {
        to = writeFour(i32x4.extend_low_i16x8_u(first), to)
        to = writeFour(i32x4.extend_high_i16x8_u(first), to)
        at += 16
        continue
      }
    }
    const unit = unitAt(at, isBigEndian)
    if (unit < 0x80) {
      store<u8>(to, <u8>unit)
      to++
    } else if (unit < 0x800) {
      store<u16>(to, <u16>(0x80c0 | (unit >> 6) | ((unit & 0x3f) << 8)))
      to += 2
    } else if (unit < 0xd800 || unit >= 0xe000) {
      store<u32>(to, 0x8080e0 | (unit >> 12) | (((unit >> 6) & 0x3f) << 8) | ((unit & 0x3f) << 16))
      to += 3
    } else {
      const next = at + 3 < end ? unitAt(at + 2, isBigEndian) : 0
      if (unit >= 0xdc00 || (next & 0xfc00) != 0xdc00) break
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)
      store<u32>(
        to,
        0x808080f0 | (point >> 18) | (((point >> 12) & 0x3f) << 8) | (((point >> 6) & 0x3f) << 16) | ((point & 0x3f) << 24),
      )
      to += 4
      at += 2
    }
    at += 2
  }
  store<i32>(memory.written, to)
  return at
}

/**
 * Converts the input `[from, end)` from UTF-16, little-endian or big-endian. Returns where it ends: at the end, or at the first
 * character that is incomplete or a lone surrogate.
 */
export function fromUtf16le(from: i32, end: i32): i32 {
  return convertUnits(from, end, false)
}

export function fromUtf16be(from: i32, end: i32): i32 {
  return convertUnits(from, end, true)
}
