import { isLetter } from "./LetterClass.ts"

/** Symbols that texts of any language contain, most frequent first. */
const commonSymbols = "’–“”«»…°€—‘„²§£®©™•½±·×µº³¼¾ª¢¥¹№\u00a0،؛؟¿¡"
const unlikelySymbol = Math.log(1e-5)
/** The letters that a language does not have are about this many. */
const oddLetter = Math.log(1 / 100)

/** Log frequencies by Zipf's law, shifted by one: the n-th symbol has a share proportional to 1/(n + 1). */
export const symbolFrequencies: ReadonlyMap<string, number> = new Map(
  Array.from(commonSymbols, (symbol, index) => {
    const sum = Array.from(commonSymbols).reduce((total, _, n) => total + 1 / (n + 2), 0)
    return [symbol, Math.log(1 / (index + 2) / sum)]
  }),
)

/** The log frequency of a character that is not of the alphabet, among all that are of its class. */
export const frequencyInClass = (character: string | null): number =>
  character === null
    ? 0
    : isLetter(character)
      ? oddLetter
      : (symbolFrequencies.get(character) ?? unlikelySymbol)
