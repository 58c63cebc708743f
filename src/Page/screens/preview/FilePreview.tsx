import { useRef, useState } from "react"
import { flushSync } from "react-dom"
import { type Preview, previewFile, previewUrl } from "../../client/preview.ts"
import { useAnswer } from "../../client/useAnswer.ts"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { WarningList } from "../../components/notices/WarningList.tsx"
import { formOf, uploadQuery, type WrittenOptions } from "../../options/LoadForm.ts"
import { aboutTheTable } from "../../options/optionGroups.ts"
import { OptionsPanel } from "../../options/OptionsPanel.tsx"
import { DialectChips } from "./DialectChips.tsx"
import { LoadBar } from "./LoadBar.tsx"
import { createsTable } from "./loadAction.ts"
import { PreviewGrid } from "./PreviewGrid.tsx"
import type { PreviewedFile } from "./PreviewedFile.ts"
import { TableChanges } from "./TableChanges.tsx"

const tableOf = (options: WrittenOptions): string => options["tableName"]?.trim() ?? ""

/** Whether an option changes the preview. The name of a new table does not. */
const isAboutReading = (name: string, options: WrittenOptions): boolean =>
  name !== "callbackUrl" && (name !== "tableName" || !createsTable(options))

/** The options of the preview. Until the table that the file is loaded into is named, there is none to compare with. */
const previewOptions = (options: WrittenOptions): WrittenOptions =>
  createsTable(options) || tableOf(options) !== ""
    ? options
    : { ...options, ...Object.fromEntries(aboutTheTable.map((name) => [name, ""])) }

const readingOf = (written: WrittenOptions): string => {
  const options = previewOptions(written)
  return JSON.stringify(
    Object.entries(options)
      .filter(([name, value]) => value !== "" && isAboutReading(name, options))
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

/** The file as it would be read, and what can be changed about that. */
export const FilePreview = (props: {
  readonly previewed: PreviewedFile
  readonly options: WrittenOptions
  /** Puts options into the URL. */
  readonly apply: (options: WrittenOptions) => void
}) => {
  const { apply, options, previewed } = props
  const [draft, setDraft] = useState(options)
  const [showsAll, setShowsAll] = useState(false)
  const grid = useRef<HTMLDivElement>(null)
  const reading = readingOf(options)
  const { fileUrl } = previewed
  const { again, answer, isAsking } = useAnswer<Preview>(
    `${fileUrl ?? previewed.file?.name} ${reading}`,
    (signal) =>
      previewed.fileUrl === undefined
        ? previewFile(
            previewed.file,
            uploadQuery(createsTable(options) ? { ...options, tableName: "" } : previewOptions(options)),
            signal,
          )
        : previewUrl(formOf(previewed.fileUrl, previewOptions(options)), signal),
  )
  const change = (next: WrittenOptions) => {
    setDraft(next)
    apply(next)
  }
  const edit = (next: WrittenOptions) => {
    // A choice is made at once, and a text in several steps. What does not change the reading needs no other request.
    if (readingOf(next) === reading || next["mode"] !== draft["mode"]) apply(next)
    setDraft(next)
  }
  const isChanged = readingOf(draft) !== reading

  const rowOf = (line: number) => grid.current?.querySelector<HTMLElement>(`[data-line="${line}"]`) ?? null
  const showLine = (line: number) => {
    if (rowOf(line) === null) flushSync(() => setShowsAll(true))
    const row = rowOf(line)
    // On a narrow screen, the value that does not fit can be beyond its edge.
    const shown = row?.querySelector(".misfit") ?? row
    shown?.scrollIntoView({ block: "center", inline: "nearest" })
    row?.focus({ preventScroll: true })
  }

  const panel = <OptionsPanel options={draft} onChange={edit} />
  const readAgain = isChanged ? (
    <div className="row">
      <button type="button" className="button primary" onClick={() => apply(draft)}>
        {createsTable(draft) || tableOf(draft) === tableOf(options)
          ? "Read again with these options"
          : `Compare with the table ${tableOf(draft)}`}
      </button>
    </div>
  ) : null

  if (answer === null) return <p className="muted">Reading the beginning of the file…</p>
  if (answer._tag === "Failure") {
    const { problem } = answer
    return (
      <div className="stack wide-stack">
        <ProblemNotice problem={problem} again={again}>
          {problem.loadError === undefined ? null : (
            <p>
              Code <a href={`problems/${problem.loadError.code}`}>{problem.loadError.code}</a>. Check the URL,
              or change an option below.
            </p>
          )}
          {problem.loadError?.code === "schema_mismatch" ? (
            <div className="row">
              <button
                type="button"
                className="button small"
                onClick={() => change({ ...options, onSchemaChange: "add" })}
              >
                Add the file's columns to the table
              </button>
              <button
                type="button"
                className="button small"
                onClick={() => change({ ...options, onSchemaChange: "ignore" })}
              >
                Load only columns that both have
              </button>
            </div>
          ) : null}
        </ProblemNotice>
        <WarningList warnings={problem.warnings ?? []} />
        <DialectChips preview={null} options={options} onChange={change} />
        {panel}
        {readAgain}
      </div>
    )
  }
  const preview = answer.value
  const lines = new Set([...preview.rejects, ...preview.skippedLines].map(({ line }) => line))
  const table = tableOf(options)
  return (
    <div className="stack wide-stack" aria-busy={isAsking}>
      <WarningList
        warnings={preview.warnings}
        showLine={(line) => (lines.has(line) ? () => showLine(line) : null)}
      />
      <DialectChips preview={preview} options={options} onChange={change} />
      {createsTable(options) || table === "" ? null : (
        <TableChanges preview={preview} options={options} table={table} />
      )}
      <div ref={grid}>
        <PreviewGrid
          preview={preview}
          options={options}
          onChange={change}
          showsAll={showsAll}
          onShowAll={() => setShowsAll(true)}
        />
      </div>
      {panel}
      {readAgain}
      {isChanged ? null : (
        <LoadBar
          previewed={previewed}
          preview={preview}
          options={draft}
          onChange={change}
          isReading={isAsking}
        />
      )}
    </div>
  )
}
