import { findTable, namedTarget, type Table, type TableAddress } from "../../client/tables.ts"
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
import { LoadList } from "./LoadList.tsx"

const Facts = ({ table }: { readonly table: Table }) => (
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

/** One table: its rows with filters and order, its columns and their values, its loads, and how to query it. */
export const OneTable = (props: { readonly address: TableAddress; readonly place: Place }) => {
  const { address, place } = props
  const { name, target } = address
  const { again, answer } = useAnswer(`${name} ${target}`, (signal) => findTable(address, signal))
  if (answer === null) return <p className="muted">Loading the table…</p>
  if (answer._tag === "Failure")
    return answer.problem.code === "table_not_found" ? (
      <div className="empty">
        <h1>There is no table {name}</h1>
        <p>
          It may be dropped or renamed. <Link href={linkTo(["tables"])}>Show all tables</Link>
        </p>
      </div>
    ) : (
      <ProblemNotice problem={answer.problem} again={again} />
    )
  const table = answer.value
  const { columns, loads } = table
  const tabs: ReadonlyArray<Tab> = [
    {
      id: "rows",
      label: "Rows",
      content: () => <RowsView table={address} place={place} columns={columns} />,
    },
    { id: "columns", label: `Columns (${columns.length})`, content: () => <ColumnList table={table} /> },
    { id: "loads", label: "Loads", content: () => <LoadList loads={loads} /> },
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
        <p className="muted">
          in the schema {table.schema}
          {namedTarget(target) === null ? null : ` of the database ${target}`}
        </p>
      </div>
      <Facts table={table} />
      <Tabs label="About this table" tabs={tabs} place={place} />
    </div>
  )
}
