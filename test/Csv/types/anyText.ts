/** A generator of pseudo-random numbers below a bound (mulberry32), fast enough for millions of texts. */
export const seeded = (seed: number) => {
  let state = seed
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
  return { below, pick: <A>(...items: ReadonlyArray<A>): A => items[below(items.length)]! }
}
type Random = ReturnType<typeof seeded>

const repeated = (text: string, count: number): Array<string> => Array<string>(count).fill(text)

const digits = ({ below, pick }: Random, count: number): string =>
  Array.from({ length: count }, () => pick("0", "0", "9", String(below(10)), String(below(10)))).join("")

const padded = ({ pick }: Random, text: string): string =>
  pick(...repeated("", 8), " ", "  ", "\t") + text + pick(...repeated("", 8), " ", "\r\n")

const two = ({ below, pick }: Random, bound: number): string =>
  pick("", "", "", "", "x") === "x"
    ? pick("00", "24", "60", "61", "99")
    : String(below(bound)).padStart(2, "0")

const wholeNumber = (random: Random): string => {
  const { below, pick } = random
  const limits = [2n ** 15n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 10n ** BigInt(below(20))]
  const near = pick(...limits) + BigInt(below(5) - 2)
  const text = pick(digits(random, below(21)), String(near), String(below(1000)))
  return padded(random, pick("", "", "-", "-", "+") + pick("", "", "", "0", "000") + text)
}

const decimal = (random: Random): string => {
  const { below, pick } = random
  const length = pick(1, 2, 4, 8, 17, 40)
  const fraction = pick("", ".", `.${digits(random, below(length))}`, `.${digits(random, below(length))}`)
  const exponent = pick(...repeated("", 6), `e${pick("", "+", "-")}${below(pick(5, 30, 400))}`, "E1", "e")
  return padded(random, pick("", "", "-", "+") + digits(random, below(length)) + fraction + exponent)
}

const printedDouble = ({ below, pick }: Random): string => {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, below(2 ** 32))
  view.setUint32(4, pick(below(2 ** 32), 0, 1, 0xffffffff))
  if (pick(0, 1, 1) === 1) view.setUint16(0, (pick(0, 0x3f0, 0x3fd, 0x405, 0x432, 0x44b) << 4) | below(16))
  const value = view.getFloat64(0)
  return Number.isFinite(value)
    ? pick(String(value), value.toExponential(), value.toPrecision(15 + below(6)))
    : pick("NaN", "Infinity", "-inf", "+INFINITY", " nan ", "infinit")
}

/** All digits of a number from 2⁻²⁰⁰ to 2¹²⁸. */
const exactly = (value: number): string => {
  const text = String(BigInt(value * 2 ** 200) * 5n ** 200n).padStart(201, "0")
  return `${text.slice(0, -200)}.${text.slice(-200)}`
}

/** Numbers of 32 bits, and doubles midway between two of them, exactly and almost. */
const printedReal = ({ below, pick }: Random): string => {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, pick(below(2 ** 31), below(2 ** 24), 0x7f7fffff, below(4)))
  const value = view.getFloat32(0)
  view.setUint32(0, view.getUint32(0) + 1)
  const next = Number.isFinite(view.getFloat32(0)) ? view.getFloat32(0) : 2 ** 128
  if (!Number.isFinite(value)) return "nan"
  const midway = (value + next) / 2
  const exact = exactly(midway)
  return pick(
    String(value),
    value.toPrecision(6 + below(6)),
    exact,
    exact.replace(/\d$/, (last) => pick("0", last, "1")),
    midway.toPrecision(17),
  )
}

const day = (random: Random): string => {
  const { below, pick } = random
  const year = pick(below(10_000), below(10_000), 2000, 1900, 0, 4713, 4714, 9999)
  const month = pick(1 + below(12), 1 + below(12), 2, 11, 12, 0, 13)
  const date = pick(1 + below(28), 1 + below(28), 24, 28, 29, 30, 31, 32, 0)
  const long = pick(...Array<number>(20).fill(0), 10_000, 280_000, 294_000, 5_870_000, 6_000_000)
  return `${String(year + long).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`
}

const clock = (random: Random): string => {
  const { below, pick } = random
  const seconds = `:${two(random, 60)}${pick("", "", `.${digits(random, 1 + below(6))}`, ".000", ".1234567", ".")}`
  return `${two(random, 24)}:${two(random, 60)}${pick("", seconds, seconds, seconds)}`
}

const offset = (random: Random): string => {
  const { pick } = random
  return (
    pick("", "", "", " ") +
    pick("Z", "Z", `${pick("+", "-")}${two(random, 15)}${pick("", ":", "")}${two(random, 60)}`, "+02", "-1")
  )
}

const time = (random: Random): string => {
  const { pick } = random
  const text =
    day(random) +
    pick("", ...repeated(pick(" ", " ", "T", "T", "t") + clock(random), 5)) +
    pick("", "", offset(random)) +
    pick(...repeated("", 8), " BC")
  return pick(...repeated(text, 20), "infinity", "-infinity", "now", "epoch", "")
}

const uuid = (random: Random): string => {
  const { below, pick } = random
  const hex = Array.from({ length: 32 }, () => "0123456789abcdefABCDEF"[below(22)]).join("")
  const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
  return pick(...repeated(text, 10), `${text.slice(1)}g`, `${text}0`, text.replace("-", ""), `{${text}}`, "")
}

const json = (random: Random): string => {
  const { below, pick } = random
  const value: object = { [digits(random, 3)]: [below(1e9), null, true, { é: `"${digits(random, 5)}\\` }] }
  return pick(
    JSON.stringify(value),
    JSON.stringify(value, null, 1),
    "1",
    '"x"',
    "null",
    "{",
    "{a:1}",
    "[1,]",
    "",
  )
}

const word = (random: Random): string => {
  const { pick } = random
  const text = pick(
    "true",
    "false",
    "t",
    "f",
    "yes",
    "no",
    "y",
    "n",
    "on",
    "off",
    "1",
    "0",
    "2",
    "x",
    "",
    "tru",
    "falsy",
    "\x11",
  )
  return padded(
    random,
    pick(
      text,
      text.toUpperCase(),
      text.replace(/^./, (letter) => letter.toUpperCase()),
    ),
  )
}

/** Texts of each type, most of which have it, with all limits and rare forms of the type among them. */
export const anyTextOf = {
  smallint: wholeNumber,
  integer: wholeNumber,
  bigint: wholeNumber,
  numeric: (random: Random) =>
    random.pick(decimal(random), decimal(random), wholeNumber(random), printedDouble(random)),
  real: (random: Random) =>
    random.pick(printedReal(random), printedReal(random), printedDouble(random), decimal(random)),
  "double precision": (random: Random) =>
    random.pick(printedDouble(random), printedDouble(random), decimal(random)),
  boolean: word,
  date: (random: Random) => random.pick(day(random), day(random), time(random)),
  time: (random: Random) => random.pick(clock(random), clock(random), clock(random), time(random)),
  timestamp: time,
  timestamptz: time,
  uuid,
  jsonb: json,
}
