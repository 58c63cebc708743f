import type { PreviewResource } from "../../Api/contract/PreviewApi.ts"
import { warningText } from "./warningText.ts"
import { textTable } from "./textTable.ts"

type Preview = typeof PreviewResource.Type

const dialectOf = ({ compression, dialect, encoding }: Preview): string =>
  [
    dialect.delimiter === null ? "one column" : `delimiter ${JSON.stringify(dialect.delimiter)}`,
    dialect.quote === null ? "no quotes" : `quote ${dialect.quote}`,
    encoding,
    ...(compression === null ? [] : [compression]),
    dialect.hasHeader ? "with a header" : "without a header",
  ].join(", ")

/** Records of each kind that are shown. */
const shown = 20

const others = (records: number): ReadonlyArray<string> =>
  records <= shown ? [] : [`… ${records - shown} more with --json`]

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines]

/** The cell of the column with changes; none without them. */
const changeOf = (changes: Preview["rowChanges"], cell: string): ReadonlyArray<string> =>
  changes === null ? [] : [cell]

/** A preview for people: what to check first, then the columns and the records. */
export const describePreview = (preview: Preview): ReadonlyArray<string> => {
  const { almostTyped, columns, records, rejects, rowChanges, skippedLines, warnings } = preview
  return [
    `format   ${dialectOf(preview)}`,
    ...warnings.map((warning) => `warning  ${warningText(warning)}`),
    ...almostTyped.map((hint) => `hint     ${warningText(hint)}`),
    ...section(
      "Columns",
      textTable([
        ["column", "suggested type", "header"],
        ...columns.map(({ header, name, suggestedType }) => [name, suggestedType, header]),
      ]),
    ),
    ...section(
      "First records",
      records.length === 0
        ? []
        : [
            ...textTable([
              [...changeOf(rowChanges, "change"), ...columns.map(({ name }) => name)],
              ...records
                .slice(0, shown)
                .map((record, row) =>
                  changeOf(rowChanges, rowChanges?.[row] ?? "").concat(record.map((cell) => cell ?? "NULL")),
                ),
            ]),
            ...others(records.length),
          ],
    ),
    ...section("Records that would be rejected", [
      ...rejects.slice(0, shown).map(({ line, message }) => `line ${line}: ${message}`),
      ...others(rejects.length),
    ]),
    ...section(
      "Lines that would be skipped",
      skippedLines.map(({ kind, line, raw }) => `line ${line} (${kind}): ${raw}`),
    ),
  ]
}
