/**
 * A text that a terminal shows and does not obey: control and invisible characters, except tabs and line ends, as `\\uNNNN`.
 * Files and servers decide what many messages contain.
 */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  )
