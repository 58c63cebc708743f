import { reservedWords } from "./reservedWords.ts"

/**
 * A header cell as a name that SQL takes without quotes: lower-case letters, digits and `_`. Diacritics are removed, words
 * and the parts of `camelCase` are joined by `_`, and a digit at the start gets a `_` before it. A reserved word gets a `_`
 * after it, because `user` without quotes is the session's user.
 */
export const snakeName = (cell: string): string => {
  const words = cell
    .normalize("NFKD")
    .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, "")
    .normalize("NFC")
    .replaceAll(/(\p{Ll}|\p{N})(?=\p{Lu})/gu, "$1_")
    .replaceAll(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1_")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "_")
    .replaceAll(/^_+|_+$/g, "")
  if (reservedWords.has(words)) return `${words}_`
  return /^\p{N}/u.test(words) ? `_${words}` : words
}
