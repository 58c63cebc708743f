const none: i32 = -1

/** The facts about a column of booleans, as in src/Csv/types/BooleanKind.ts. 0: any word will do. */
const lower: i32 = 1
const upper: i32 = 2
const capital: i32 = 4
const letter: i32 = 8
const anyPair: i32 = lower | upper | capital | letter
const sawTrue: i32 = 16
const sawFalse: i32 = 32

/** "true", "TRUE", "True", and the same of "fals", with the first letter in the lowest byte. */
const lowerTrue: u32 = 0x65757274
const upperTrue: u32 = 0x45555254
const capitalTrue: u32 = 0x65757254
const lowerFals: u32 = 0x736c6166
const upperFals: u32 = 0x534c4146
const capitalFals: u32 = 0x736c6146

function wordFacts(from: i32, length: i32): i32 {
  if (length == 1) {
    const byte = load<u8>(from)
    return byte == 0x74 ? letter | sawTrue : byte == 0x66 ? letter | sawFalse : 0
  }
  const four = load<u32>(from)
  if (length == 4)
    return four == lowerTrue ? lower | sawTrue : four == upperTrue ? upper | sawTrue : four == capitalTrue ? capital | sawTrue : 0
  if (length != 5) return 0
  const last = load<u8>(from, 4)
  if (four == lowerFals && last == 0x65) return lower | sawFalse
  if (four == upperFals && last == 0x45) return upper | sawFalse
  return four == capitalFals && last == 0x65 ? capital | sawFalse : 0
}

export function booleanEnd(facts: i32, from: i32, to: i32, at: i32): i32 {
  const word = wordFacts(from, to - from)
  if (word == 0) return none
  const pair = facts & word & anyPair
  if (facts != 0 && (pair | ((facts | word) & (sawTrue | sawFalse))) != facts) return none
  store<u8>(at, <u8>((word & sawTrue) != 0))
  return at + 1
}

/** The facts about a column of UUIDs, as in src/Csv/types/UuidKind.ts. 0: either letter case will do. */
const lowerCase: i32 = 1
const upperCase: i32 = 2

const uuidLength: i32 = 36
const hyphen: u32 = 0x2d

/** For each of 16 bytes -1 if it is a letter from A to F in the case with this first letter. */
@inline
function letters(text: v128, first: i8): v128 {
  return i8x16.lt_u(i8x16.sub(text, i8x16.splat(first)), i8x16.splat(6))
}

/** Writes 16 hexadecimal digits as eight bytes. */
@inline
function writeHalf(text: v128, at: i32): void {
  const isLetter = i8x16.gt_u(text, i8x16.splat(0x39))
  const digits = i8x16.add(v128.and(text, i8x16.splat(0x0f)), v128.and(isLetter, i8x16.splat(9)))
  const bytes = v128.or(i16x8.shl(digits, 4), i16x8.shr_u(digits, 8))
  const low = v128.and(bytes, i16x8.splat(0xff))
  store<u64>(at, i64x2.extract_lane(i8x16.narrow_i16x8_u(low, low), 0))
}

export function uuidEnd(facts: i32, from: i32, to: i32, at: i32): i32 {
  if (to - from != uuidLength) return none
  if (load<u8>(from, 8) != hyphen || load<u8>(from, 13) != hyphen || load<u8>(from, 18) != hyphen || load<u8>(from, 23) != hyphen)
    return none
  const first = v128.load(from)
  const second = v128.load(from, 19)
  const high = i8x16.shuffle(first, v128.load(from, 2), 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 30, 31)
  const low = i8x16.shuffle(second, v128.load(from, 20), 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 31)
  const lowers = v128.or(letters(high, 0x61), letters(low, 0x61))
  const uppers = v128.or(letters(high, 0x41), letters(low, 0x41))
  const digits = i8x16.splat(0x30)
  const isHigh = v128.or(v128.or(letters(high, 0x61), letters(high, 0x41)), i8x16.lt_u(i8x16.sub(high, digits), i8x16.splat(10)))
  const isLow = v128.or(v128.or(letters(low, 0x61), letters(low, 0x41)), i8x16.lt_u(i8x16.sub(low, digits), i8x16.splat(10)))
  if (!i8x16.all_true(v128.and(isHigh, isLow))) return none
  const cases = (v128.any_true(lowers) ? 0 : upperCase) | (v128.any_true(uppers) ? 0 : lowerCase)
  if ((facts & cases) != facts) return none
  writeHalf(high, at)
  writeHalf(low, at + 8)
  return at + 16
}
