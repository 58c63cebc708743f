import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { specialNumber } from "../encode/Decimal.ts"
import { isShort, numberKind } from "../NumberKind.ts"
import type { Reading } from "./Reading.ts"
import { currencySigns, DecimalSign, scanned, scanNumber, thousands } from "./scanNumber.ts"

/** The facts: decimal signs, one of which must be left, and kinds of numbers seen. */
const anySign = DecimalSign.point | DecimalSign.comma
/** The value of a number depends on the decimal sign. */
const sawEither = 4
const sawPercent = 8
const sawNoPercent = 16
const sawParentheses = 32
const sawNoParentheses = 64
/** A number with decimal places, by decimal sign. */
const fractionShift = 7
const sawExponent = 512
const sawLong = 1024
const sawBeyondBigint = 2048
/** `NaN` or an infinity. */
const sawSpecial = 4096
/** The remaining bits are the number of the currency sign, the same in all values that have one. */
const currencyShift = 16

const factsOf = (): number => {
  const isEither =
    scanned.signs === anySign && (scanned.whole === DecimalSign.point || scanned.whole === DecimalSign.comma)
  return (
    scanned.signs |
    (isEither ? sawEither : 0) |
    (scanned.hasPercent ? sawPercent : sawNoPercent) |
    (scanned.hasParentheses ? sawParentheses : sawNoParentheses) |
    ((anySign & ~scanned.whole) << fractionShift) |
    (scanned.hasExponent ? sawExponent : 0) |
    (scanned.isLong ? sawLong : 0) |
    (scanned.isBeyondBigint ? sawBeyondBigint : 0) |
    (scanned.currency << currencyShift)
  )
}

const join = (known: number, value: number): number => {
  const signs = known & value & anySign
  const all = known | value
  const currencies = [known >> currencyShift, value >> currencyShift]
  const isMixed =
    ((all & sawPercent) !== 0 && (all & sawNoPercent) !== 0) ||
    (currencies[0] !== 0 && currencies[1] !== 0 && currencies[0] !== currencies[1])
  return signs === 0 || isMixed ? 0 : signs | (all & ~anySign)
}

/** What is removed from a number, apart from the sign that separates thousands. */
const removed = `${thousands}%()+${currencySigns.join("")}`

/** The SQL expression for the text of a number as Postgres reads it. */
const plainText = (facts: number, name: string): string => {
  const isComma = (facts & DecimalSign.point) === 0
  const [from, to] = isComma ? [",−", ".-"] : ["−", "-"]
  const translated = `translate(${name}, ${quoteLiteral(`${from}${isComma ? "." : ","}${removed}`)}, '${to}')`
  return (facts & sawParentheses) === 0
    ? translated
    : `case when ${name} like '%(%' then '-' else '' end || ${translated}`
}

const typeOf: Reading["type"] = (facts) => {
  const sign = facts & anySign
  const isAmbiguous = sign === anySign && (facts & sawEither) !== 0
  const isOnlyParentheses = (facts & sawParentheses) !== 0 && (facts & sawNoParentheses) === 0
  if (isAmbiguous || isOnlyParentheses || (facts & (sawNoPercent | sawPercent | sawSpecial)) === 0)
    return "text"
  if ((facts & (sawSpecial | sawExponent)) !== 0)
    return (facts & sawLong) === 0 ? "double precision" : "numeric"
  const isWhole = ((facts >> fractionShift) & anySign & (sign === anySign ? DecimalSign.point : sign)) === 0
  return isWhole && (facts & sawBeyondBigint) === 0 ? "bigint" : "numeric"
}

/**
 * Numbers with thousands in groups of three, percent and currency signs, signs of all kinds, exponents, and parentheses around
 * negative amounts. All values have a percent sign or none has, and all currency signs are the same, so that nothing but the
 * unit is lost. Without a given decimal sign the values decide about it: `1,234` alone may be a thousand or one and a bit.
 *
 * @param decimal the decimal sign that the user gives
 */
export const lenientNumber = (decimal: "." | "," | undefined): Reading => {
  const start = decimal === undefined ? anySign : decimal === "." ? DecimalSign.point : DecimalSign.comma
  return {
    begin: ({ facts, kind }) => {
      if (kind === null) return start
      if (kind !== "number") return 0
      const common = sawNoPercent | sawNoParentheses | (isShort(facts) ? 0 : sawLong)
      const type = numberKind.type(facts)
      if (type === "bigint") return start | common
      const point = start & DecimalSign.point
      const isDouble = type === "double precision" ? sawExponent : 0
      return point === 0 ? 0 : point | common | isDouble | (DecimalSign.point << fractionShift)
    },
    look: (bytes, from, to, facts) => {
      if (scanNumber(bytes, from, to)) return join(facts, factsOf())
      return specialNumber(bytes, from, to) === null ? 0 : facts | sawSpecial
    },
    type: typeOf,
    convert: (facts, name) => `(${plainText(facts, name)})::${typeOf(facts)}`,
    undecided: (facts) => ((facts & anySign) === anySign && (facts & sawEither) !== 0 ? "decimal" : null),
  }
}
