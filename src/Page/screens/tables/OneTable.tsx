import { jobStatus } from "../../client/jobs.ts"
import { findTable, type ListedTable } from "../../client/tables.ts"
import { useAnswer } from "../../client/useAnswer.ts"
import { CopyableCode } from "../../components/controls/CopyButton.tsx"
import { FileName } from "../../components/FileName.tsx"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { type Tab, Tabs } from "../../components/controls/Tabs.tsx"
import { Time } from "../../components/Time.tsx"
import { bytes } from "../../format/numbers.ts"
import { selectFrom } from "../../format/selectFrom.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo, type Place } from "../../navigation/place.ts"
import { RowsView } from "../../rows/RowsView.tsx"
import { ColumnList } from "./ColumnList.tsx"
import { rowsOf } from "./describeTable.ts"

const Facts = ({ table }: { readonly table: ListedTable }) => (
  <dl className="table-facts card">
    <div>
      <dt>Rows</dt>
      <dd>{rowsOf(table)}</dd>
    </div>
    <div>
      <dt>Size</dt>
      <dd>{bytes(table.bytes)}</dd>
    </div>
    <div>
      <dt>Last load</dt>
      <dd>
        <Link href={linkTo(["job", table.jobId])}>
          <Time time={table.loadedAt} />
        </Link>
      </dd>
    </div>
    <div>
      <dt>From</dt>
      <dd>
        <FileName fileUrl={table.fileUrl} />
      </dd>
    </div>
    <div>
      <dt>All loads</dt>
      <dd>
        <Link href={linkTo(["jobs"], new URLSearchParams({ table: table.table }))}>Show the jobs</Link>
      </dd>
    </div>
  </dl>
)

/** One table: its rows with filters and order, its columns, and how to query it. */
export const OneTable = (props: { readonly name: string; readonly place: Place }) => {
  const { name, place } = props
  const { again, answer } = useAnswer(name, (signal) => findTable(name, signal))
  const table = answer?._tag === "Success" ? answer.value : null
  const job = useAnswer(table?.jobId ?? null, (signal) => jobStatus(table?.jobId ?? "", signal))
  if (answer === null) return <p className="muted">Loading the table…</p>
  if (answer._tag === "Failure") return <ProblemNotice problem={answer.problem} again={again} />
  if (table === null)
    return (
      <div className="empty">
        <h1>There is no table {name}</h1>
        <p>
          It may be dropped or renamed. <Link href={linkTo(["tables"])}>Show all tables</Link>
        </p>
      </div>
    )
  const columns = (job.answer?._tag === "Success" ? job.answer.value.columns : null) ?? []
  const tabs: ReadonlyArray<Tab> = [
    {
      id: "rows",
      label: "Rows",
      content: () => <RowsView name={name} place={place} columns={columns} />,
    },
    {
      id: "columns",
      label: columns.length === 0 ? "Columns" : `Columns (${columns.length})`,
      content: () => <ColumnList columns={columns} />,
    },
    {
      id: "sql",
      label: "SQL",
      content: () => <CopyableCode what="the query" text={selectFrom(table)} />,
    },
  ]
  return (
    <div className="stack wide-stack">
      <div>
        <h1 className="mono">{table.table}</h1>
        <p className="muted">in the schema {table.schema}</p>
      </div>
      <Facts table={table} />
      <Tabs label="About this table" tabs={tabs} place={place} />
    </div>
  )
}
