import { point } from "../../../Bytes/Ascii.ts"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { specialNumber } from "../encode/Decimal.ts"
import {
  hasDecimalPoint,
  hasDigits,
  hasSpecials,
  isShort,
  mayHaveThousands,
  numberKind,
} from "../NumberKind.ts"
import { type Reading, sawEither, sawProof, Taken } from "./Reading.ts"
import { currencySigns, DecimalSign, scanned, scanNumber, thousands } from "./scanNumber.ts"
import { hasType } from "./strictReading.ts"

/** The facts: kinds of numbers seen. */
const open = 1
const sawPercent = 8
const sawNoPercent = 16
const sawParentheses = 32
const sawNoParentheses = 64
/** A number with decimal places. */
const sawFraction = 128
/** A number that is not written as Postgres reads it. */
const sawSpelling = 256
const sawExponent = 512
const sawLong = 1024
const sawBeyondBigint = 2048
/** `NaN` or an infinity. */
const sawSpecial = 4096
/** The next eight bits are the number of the currency sign, the same in all values that have one. */
const currencyShift = 16
const currencyMask = 0xff

/** Whether the number in `scanned` would be another one with the other decimal sign. */
const isEitherNumber = (): boolean =>
  scanned.signs === (DecimalSign.point | DecimalSign.comma) &&
  (scanned.whole === DecimalSign.point || scanned.whole === DecimalSign.comma)

/** Whether a plain number would say nothing new about a column with these facts. */
export const knowsPlainNumbers = (facts: number): boolean => (facts & sawNoPercent) !== 0

const factsOf = (sign: number): number =>
  open |
  (isEitherNumber() ? sawEither : 0) |
  (scanned.signs === sign ? sawProof : 0) |
  (scanned.hasPercent ? sawPercent : sawNoPercent) |
  (scanned.hasParentheses ? sawParentheses : sawNoParentheses) |
  ((scanned.whole & sign) === 0 ? sawFraction : 0) |
  (scanned.isPlain ? 0 : sawSpelling) |
  (scanned.hasExponent ? sawExponent : 0) |
  (scanned.isLong ? sawLong : 0) |
  (scanned.isBeyondBigint ? sawBeyondBigint : 0) |
  (scanned.currency << currencyShift)

/** 0 if the units differ. */
const join = (known: number, value: number): number => {
  const all = known | value
  const [one, other] = [(known >> currencyShift) & currencyMask, (value >> currencyShift) & currencyMask]
  const isMixed =
    ((all & sawPercent) !== 0 && (all & sawNoPercent) !== 0) || (one !== 0 && other !== 0 && one !== other)
  return isMixed ? 0 : all
}

/** What is removed from a number, apart from the sign that separates thousands. */
const removed = `${thousands}%()+${currencySigns.join("")}`

/** The SQL expression for the text of a number as Postgres reads it. */
const plainText = (sign: number, facts: number, name: string): string => {
  const isComma = sign === DecimalSign.comma
  const [from, to] = isComma ? [",−", ".-"] : ["−", "-"]
  const translated = `translate(${name}, ${quoteLiteral(`${from}${isComma ? "." : ","}${removed}`)}, '${to}')`
  return (facts & sawParentheses) === 0
    ? translated
    : `case when ${name} like '%(%' then '-' else '' end || ${translated}`
}

const typeOf: Reading["type"] = (facts) => {
  const isOnlyParentheses = (facts & sawParentheses) !== 0 && (facts & sawNoParentheses) === 0
  if (isOnlyParentheses || (facts & (sawNoPercent | sawPercent | sawSpecial)) === 0) return "text"
  if ((facts & (sawSpecial | sawExponent)) !== 0)
    return (facts & sawLong) === 0 ? "double precision" : "numeric"
  return (facts & (sawFraction | sawBeyondBigint)) === 0 ? "bigint" : "numeric"
}

/** The facts about plain numbers with these strict facts. */
const strictFacts = (sign: number, facts: number): number => {
  const common =
    open |
    (hasDigits(facts) ? sawNoPercent | sawNoParentheses : 0) |
    (hasSpecials(facts) ? sawSpecial : 0) |
    (isShort(facts) ? 0 : sawLong)
  const type = numberKind.type(facts)
  if (type === "bigint") return common
  const others =
    common |
    (mayHaveThousands(facts) ? sawEither : 0) |
    (type === "double precision" ? sawExponent : 0) |
    (isShort(facts) ? 0 : sawBeyondBigint)
  if (sign === DecimalSign.point) return others | sawFraction | (hasDecimalPoint(facts) ? sawProof : 0)
  return hasDecimalPoint(facts) ? 0 : others
}

/**
 * Numbers with thousands in groups of three, percent and currency signs, signs of all kinds, exponents, and parentheses around
 * negative amounts, with one decimal sign. All values have a percent sign or none has, and all currency signs are the same, so
 * that nothing but the unit is lost.
 *
 * @param decimal the decimal sign that the user gives
 */
export const lenientNumber = (
  decimal: "." | ",",
  { decimal: given }: Pick<LoadOptions, "decimal">,
): Reading => {
  const isComma = decimal === ","
  const sign = isComma ? DecimalSign.comma : DecimalSign.point
  const isAllowed = given === undefined || given === decimal
  return {
    notation: isComma ? "decimal comma" : "decimal point",
    isAllowed,
    begin: ({ facts, isDated, kind }) => {
      if (kind === null) return open
      return kind === "number" && isDated !== true ? strictFacts(sign, facts) : 0
    },
    look: (bytes, from, to, facts) => {
      if (scanNumber(bytes, from, to)) return (scanned.signs & sign) === 0 ? 0 : join(facts, factsOf(sign))
      return specialNumber(bytes, from, to) === null ? 0 : facts | sawSpecial
    },
    take: (bytes, from, to) => {
      if (scanNumber(bytes, from, to))
        return given === undefined && (scanned.signs & sign) === 0 ? Taken.unlessGiven : Taken.refused
      if (isComma && bytes.subarray(from, to).includes(point)) return Taken.refused
      // Numbers of another spelling, such as 007, may be codes.
      return hasType("numeric", bytes, from, to) ? Taken.other : Taken.refused
    },
    type: typeOf,
    convert: (facts, name) => `(${plainText(sign, facts, name)})::${typeOf(facts)}`,
    options: (facts, isPinned) =>
      isPinned || !isAllowed || (facts & (sawSpelling | sawEither)) !== 0 ? { decimal } : {},
  }
}
