import { type Draft, draftOf, type Pollution, withColumn } from "../pollution/Draft.ts"
import { possible, recordOf } from "../pollution/writing.ts"

const isWide = ({ table }: Draft): boolean => table.header.length > 4

/** Groups of two columns after the first one, which has no name in the lower row. */
const grouped = (draft: Draft): Draft | null => {
  if (!isWide(draft)) return null
  const { header } = draft.table
  const groups = header.map((_, n) => (n % 2 === 1 ? `Group ${(n + 1) / 2}` : ""))
  const upper = groups.with(0, header[0]!)
  const lower = header.with(0, "")
  if (header.length % 2 === 0) {
    upper[header.length - 1] = header.at(-1)!
    lower[header.length - 1] = ""
  }
  const names = header.map((name, n) => (lower[n] === "" ? name : `Group ${Math.ceil(n / 2)} ${name}`))
  return {
    ...draft,
    before: [recordOf(upper, draft.writing)],
    header: recordOf(lower, draft.writing),
    cells: names.map((name) => possible(name, draft.writing)),
  }
}

const units = ["m/s", "°C", "hPa", "%", "EUR", "kg"]

/** A line of units above columns of numbers, two of them added. */
const withUnits = (draft: Draft): Draft => {
  const numbered = draftOf(
    {
      ...draft.table,
      header: [...draft.table.header, "speed", "load"],
      rows: draft.table.rows.map((row, n) => [...row, `${n}.5`, String(40 + n)]),
    },
    draft.writing,
    draft.random,
  )
  const cells = numbered.table.header.map((_, n) =>
    n < draft.table.header.length ? "" : units[(n + draft.table.rows.length) % units.length]!,
  )
  return {
    ...numbered,
    rows: [recordOf(cells, draft.writing), ...numbered.rows],
    meant: numbered.table.rows,
  }
}

/** Values that are separated by several signs, without quotes. */
const separatedBy =
  (delimiter: string): Pollution["apply"] =>
  (draft) =>
    draft.writing.delimiter === "," && isWide(draft)
      ? draftOf(draft.table, { ...draft.writing, delimiter, quote: null }, draft.random)
      : null

const clean = (cell: string): string => cell.replaceAll(/["\n]/g, " ")
const escape = (cell: string): string => cell.replaceAll(/[\\,]/g, (sign) => `\\${sign}`)

/** Nothing is quoted, and delimiters and backslashes are escaped. */
const escaped: Pollution["apply"] = (original) => {
  if (original.writing.delimiter !== "," || original.writing.quoting === "all") return null
  const draft = withColumn(original, 1, "place", "Ulm, Bonn")
  const { delimiter } = draft.writing
  const rows = draft.table.rows.map((row) => row.map(clean))
  return {
    ...draft,
    header: draft.table.header.join(delimiter),
    cells: draft.table.header,
    rows: rows.map((row) => row.map(escape).join(delimiter)),
    meant: rows,
  }
}

/** Rare formats, of the delimiter, of escapes and of the header. */
export const formatKinds: ReadonlyArray<Pollution> = [
  { name: "names of groups above the names", apply: grouped },
  { name: "units above numbers", apply: withUnits },
  { name: "|| as delimiter", apply: separatedBy("||") },
  { name: ":: as delimiter", apply: separatedBy("::") },
  { name: "~|~ as delimiter", apply: separatedBy("~|~") },
  { name: "a control character as delimiter", apply: separatedBy("\u0001") },
  { name: "backslashes before delimiters, no quotes", apply: escaped },
]
