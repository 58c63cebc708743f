const names: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "|": "pipe",
  "\t": "tab",
  " ": "space",
}

/** A delimiter in words, as the option `delimiter` takes it too. */
export const delimiterName = (delimiter: string | null): string =>
  delimiter === null ? "none" : (names[delimiter] ?? delimiter)
