import { type LoadError, loadError } from "../LoadError.ts"
import { mostSimilar } from "../options/mostSimilar.ts"

const maxShown = 10

export const listed = (names: ReadonlyArray<string>): string =>
  names
    .slice(0, maxShown)
    .map((name) => JSON.stringify(name.slice(0, 63)))
    .join(", ") + (names.length > maxShown ? ` and ${names.length - maxShown} more` : "")

/** The error for an option that names a column which the file does not have, with the column that may be meant. */
export const unknownColumn = (
  option: "columns" | "key" | "primaryKey" | "index",
  key: string,
  known: ReadonlyArray<string>,
): LoadError => {
  const similar = mostSimilar(key, known)
  const hint = similar === undefined ? `it has ${listed(known)}` : `did you mean ${JSON.stringify(similar)}?`
  const owner = { columns: "the header", key: "the file", primaryKey: "the table", index: "the table" }[
    option
  ]
  return loadError(
    "columns_mismatch",
    `The option ${option} names ${JSON.stringify(key)}, which ${owner} does not have: ${hint}`,
  )
}
