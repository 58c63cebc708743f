/** The flag of an option of the API: `--table-name` of `tableName`. */
export const flagOf = (option: string): string =>
  option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
