import { loadOptions } from "virtual:load-options"
import { parseJson } from "../format/parseJson.ts"
import { requestOptions } from "./optionGroups.ts"

/**
 * The options of a load, as the user wrote them and as a form of the API has them. A list has one item in each line, or is a
 * JSON array, which can also have blank items and no items. Those of a URL are in the query of the page; request headers are secret,
 * and stay out of it.
 */
export type WrittenOptions = Readonly<Record<string, string>>

const secret = "headers"

/** The options in a query, and the headers that are kept beside it. */
export const optionsIn = (query: URLSearchParams, headers: ReadonlyArray<string> = []): WrittenOptions =>
  Object.fromEntries(
    loadOptions.flatMap(({ name }) => {
      const values = name === secret ? headers : query.getAll(name)
      return values.length === 0 ? [] : [[name, values.join("\n")]]
    }),
  )

const valuesOf = (name: string, written: string): ReadonlyArray<string> => {
  const isList = loadOptions.some((option) => option.name === name && option.isList)
  if (!isList || Array.isArray(parseJson(written))) return [written]
  return written.split("\n").filter((line) => line.trim() !== "")
}

const pairsOf = (
  options: WrittenOptions,
  isIncluded: (name: string) => boolean,
): Array<[name: string, value: string]> =>
  Object.entries(options)
    .filter(([name, written]) => written !== "" && isIncluded(name))
    .flatMap(([name, written]) => valuesOf(name, written).map((value): [string, string] => [name, value]))

/** The query of the page with these options. */
export const queryOf = (file: Readonly<Record<string, string>>, options: WrittenOptions): URLSearchParams =>
  new URLSearchParams([...Object.entries(file), ...pairsOf(options, (name) => name !== secret)])

/** The headers among the options, one in each line. */
export const headersIn = (options: WrittenOptions): ReadonlyArray<string> =>
  valuesOf(secret, options[secret] ?? "")

/** The body of a request about a URL. */
export const formOf = (fileUrl: string, options: WrittenOptions): URLSearchParams =>
  new URLSearchParams([["fileUrl", fileUrl], ...pairsOf(options, () => true)])

/** The body of a request that changes options: those that differ, and the names of those that were emptied. */
export const changeOf = (before: WrittenOptions, after: WrittenOptions): URLSearchParams => {
  const isChanged = (name: string) => (after[name] ?? "") !== (before[name] ?? "")
  const emptied = Object.keys(before).filter((name) => before[name] !== "" && (after[name] ?? "") === "")
  return new URLSearchParams([
    ...pairsOf(after, isChanged),
    ...emptied.map((name): [string, string] => ["unset", name]),
  ])
}

/** The query of a request with a file. */
export const uploadQuery = (options: WrittenOptions): URLSearchParams =>
  new URLSearchParams(pairsOf(options, (name) => !requestOptions.includes(name)))
