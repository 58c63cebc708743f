import type { Preview } from "../../client/preview.ts"
import { type Fact, FactList } from "../../components/FactList.tsx"
import { counted } from "../../format/numbers.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"

/** What each row of the file does to the table, in words. */
const words: ReadonlyArray<readonly [change: NonNullable<Preview["rowChanges"]>[number], words: string]> = [
  ["inserted", "new"],
  ["updated", "updated"],
  ["unchanged", "the same as in the table"],
]

const sampleOf = (changes: NonNullable<Preview["rowChanges"]>): string =>
  [
    `of the first ${counted(changes.length, "row")}`,
    words
      .map(([change, word]) => [changes.filter((each) => each === change).length, word] as const)
      .filter(([number]) => number > 0)
      .map(([number, word]) => `${number} ${word}`)
      .join(", "),
  ].join(": ")

const rowsOf = ({ rowChanges }: Preview, options: WrittenOptions): string => {
  const effect = {
    append: "all rows of the file are added",
    replace: "the file's rows take the place of all rows",
    upsert:
      options["deleteMissing"] === "true"
        ? "new and changed rows are stored, and rows whose key the file does not have are deleted"
        : "new and changed rows are stored, by their key",
  }[options["mode"] ?? ""]
  return [effect, ...(rowChanges === null ? [] : [sampleOf(rowChanges)])].join("; ")
}

/** What the load does to a table that exists, by the table as it is now. */
export const TableChanges = (props: {
  readonly preview: Preview
  readonly options: WrittenOptions
  readonly table: string
}) => {
  const { options, preview, table } = props
  const { added, created, ignored, missing } = preview.schemaChanges
  if (created) return <p className="muted">There is no table with this name yet, so the load makes it.</p>
  const facts: ReadonlyArray<Fact> = [
    ["Rows", rowsOf(preview, options)],
    ["Columns added", added.join(", ")],
    ["Not in the file", missing.length === 0 ? "" : `${missing.join(", ")} (default or NULL)`],
    ["Not loaded", ignored.length === 0 ? "" : `${ignored.join(", ")} (not in the table)`],
  ]
  return (
    <section className="card stack" aria-label="Changes of the table">
      <h2>
        What changes in <span className="mono">{table}</span>
      </h2>
      <FactList facts={facts} />
    </section>
  )
}
