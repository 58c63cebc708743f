import * as Result from "effect/Result"
import { type LoadError, loadError } from "../LoadError.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { columnNames } from "./ColumnNames.ts"
import { listed } from "./unknownColumn.ts"

/** The header of one of several files. */
interface FileHeader {
  /** The file's URL as it is shown. */
  readonly url: string
  readonly header: ReadonlyArray<string>
  /** Whether the first record named the columns. */
  readonly hasHeader: boolean
}

const headerHint = (first: FileHeader, other: FileHeader): string => {
  if (first.hasHeader === other.hasHeader) return ""
  const [withHeader, without] = first.hasHeader ? [first, other] : [other, first]
  return ` Only ${withHeader.url} was read with a header: give header=true or header=false if ${without.url} was read wrongly.`
}

/** Names both sides, and what to do. */
const differ = (
  first: FileHeader,
  other: FileHeader,
  extra: ReadonlyArray<string>,
  missing: ReadonlyArray<string>,
): LoadError => {
  const sides = [
    ...(extra.length > 0 ? [`${other.url} has ${listed(extra)}, which ${first.url} has not`] : []),
    ...(missing.length > 0 ? [`${first.url} has ${listed(missing)}, which ${other.url} has not`] : []),
  ]
  return loadError(
    "columns_mismatch",
    `The columns of the files differ: ${sides.join("; ")}.${headerHint(first, other)} Load only columns that all files have, with columns and otherColumns=skip, or load the file by a job of its own.`,
  )
}

/**
 * Where the columns of the first file of a load are in another one, by their names, in any order. A file without a header has them at
 * the same places. Returns the position of each, -1 for one that is not loaded.
 *
 * Fails with `columns_mismatch` if the other file lacks a loaded column, or has further ones, unless the options skip those.
 *
 * @param loaded positions of the columns that are loaded
 */
export const matchHeader = (
  first: FileHeader,
  other: FileHeader,
  loaded: ReadonlySet<number>,
  { names, otherColumns = "keep" }: LoadOptions,
): Result.Result<ReadonlyArray<number>, LoadError> => {
  const named = ({ header }: FileHeader) =>
    columnNames(header, names).map(({ name }) => name.normalize("NFC"))
  const [wanted, found] = [named(first), named(other)]
  const positions = new Map(found.map((name, index) => [name, index] as const).toReversed())
  const order = wanted.map((name) => positions.get(name) ?? -1)
  const known = new Set(wanted)
  const extra = otherColumns === "skip" ? [] : found.filter((name) => !known.has(name))
  const missing = wanted.filter((_, index) => order[index] === -1 && loaded.has(index))
  return extra.length + missing.length > 0
    ? Result.fail(differ(first, other, extra, missing))
    : Result.succeed(order)
}
