import type { Reject } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"

/** A text of a file that a terminal shows and does not obey. */
const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  )

export const describeReject = ({ line, message, raw, reason }: Reject): ReadonlyArray<string> => [
  `line ${line}: ${reason}: ${message}`,
  ...visible(raw)
    .split("\n")
    .map((text) => `    ${text}`),
]

export const describeSkipped = ({ kind, line, raw }: SkippedLine): string =>
  `line ${line} (${kind}): ${visible(raw)}`
