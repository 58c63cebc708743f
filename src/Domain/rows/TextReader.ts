import * as Result from "effect/Result"

/** Reads a text from left to right. Each failure is a message about the place. */
export interface TextReader {
  /** Skips the text if it comes next. */
  readonly skip: (text: string) => boolean
  /** Skips the text, which must come next. */
  readonly expect: (text: string) => Result.Result<void, string>
  /** A text in double quotes if one comes next, otherwise what precedes the first of these characters. */
  readonly token: (ends: string) => Result.Result<Token, string>
  readonly takeRest: () => string
  /** Fails unless everything has been read. */
  readonly end: () => Result.Result<void, string>
  /** What is left, for messages. */
  readonly shownRest: () => string
}

interface Token {
  readonly text: string
  readonly isQuoted: boolean
}

const maxShown = 40

/** Escapes are `\"` and `\\`. */
const quoted = /"((?:[^"\\]|\\[^])*)"/y

export const makeTextReader = (text: string): TextReader => {
  let at = 0
  const shownRest = () => (at >= text.length ? "the end" : JSON.stringify(text.slice(at, at + maxShown)))
  const skip = (next: string) => {
    const isNext = text.startsWith(next, at)
    if (isNext) at += next.length
    return isNext
  }
  const takeRest = () => {
    const left = text.slice(at)
    at = text.length
    return left
  }
  return {
    shownRest,
    skip,
    takeRest,
    end: () => (at >= text.length ? Result.void : Result.fail(`${shownRest()} is too much`)),
    expect: (next) =>
      skip(next) ? Result.void : Result.fail(`expected ${JSON.stringify(next)} before ${shownRest()}`),
    token: (ends) => {
      if (text[at] === '"') {
        quoted.lastIndex = at
        const found = quoted.exec(text)
        if (found === null) return Result.fail(`the quote at ${shownRest()} is not closed`)
        at += found[0].length
        return Result.succeed({ text: found[1]!.replaceAll(/\\([^])/g, "$1"), isQuoted: true })
      }
      const from = at
      while (at < text.length && !ends.includes(text[at]!)) at++
      return Result.succeed({ text: text.slice(from, at), isQuoted: false })
    },
  }
}
