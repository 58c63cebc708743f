import type { Encoding } from "../../Domain/load/Encoding.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import { contradictingEncoding } from "./contradictingEncoding.ts"
import type { Guess } from "./guess/guessEncoding.ts"

const doubt = ({ encoding, isDeclared, isLanguage }: Guess, runnerUp: Encoding): string => {
  if (isDeclared)
    return `The source declares the encoding ${encoding}, but the text has characters that do not fit; it may be ${runnerUp}`
  return isLanguage
    ? `The encoding was guessed: ${encoding}; ${runnerUp} is almost as likely`
    : `The encoding was guessed: ${encoding}, but the text does not read like a language, nor in ${runnerUp}`
}

/** Warns of an encoding that was guessed with little evidence. */
export const uncertainEncoding = (guess: Guess, runnerUp: Encoding): LoadWarning =>
  loadWarning("encoding_guess", `${doubt(guess, runnerUp)}. If letters look wrong, give the encoding.`)

/** Warns of characters that the encoding leaves to the user. */
export const privateCharacters = (encoding: Encoding): LoadWarning =>
  loadWarning(
    "private_characters",
    `The file has characters that ${encoding} leaves to its user, which become characters of private use. Check them, or give the encoding if it is another.`,
  )

/** @param evidence what the file shows */
const contradiction = (given: Encoding, evidence: string): LoadWarning =>
  loadWarning(
    "encoding_option",
    `${evidence}, but the file is read as ${given}, as the option encoding says. Omit the option to have the encoding detected.`,
  )

/** Warns of a file that contradicts the encoding that the user gave. */
export const contradictionOf = (
  first: Uint8Array,
  given: Encoding,
  marked: Encoding | null,
): LoadWarning | null => {
  if (marked !== null) return contradiction(given, `There is the byte order mark of ${marked}`)
  const shown = contradictingEncoding(first, given)
  return shown === null ? null : contradiction(given, `The text looks like ${shown}`)
}
