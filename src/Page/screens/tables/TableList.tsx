import { addressOf, type ListedTable, listTables, namedTarget, tableLink } from "../../client/tables.ts"
import { usePolled } from "../../client/usePolled.ts"
import { FileName } from "../../components/FileName.tsx"
import { PageLinks } from "../../components/controls/PageLinks.tsx"
import { PollNotice } from "../../components/notices/PollNotice.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { Time } from "../../components/Time.tsx"
import { bytes } from "../../format/numbers.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo, type Place } from "../../navigation/place.ts"
import { rowsOf } from "./describeTable.ts"

const interval = 10_000
const pageSize = 100

const TableRow = ({ table }: { readonly table: ListedTable }) => {
  const address = addressOf(table)
  return (
    <tr>
      <td className="title">
        <Link href={tableLink(address)} className="mono">
          <Shortened text={table.table} length={48} />
        </Link>
        <p className="muted">
          {table.schema}
          {namedTarget(address.target) === null ? null : ` in ${address.target}`}
        </p>
      </td>
      <td className="number" data-name="Rows">
        {rowsOf(table)}
      </td>
      <td className="number">{bytes(table.bytes)}</td>
      <td>
        <FileName fileUrl={table.fileUrl} />
      </td>
      <td className="number">
        <Link href={linkTo(["job", table.jobId])}>
          <Time time={table.loadedAt} />
        </Link>
      </td>
    </tr>
  )
}

/** The tables that jobs have made or loaded into. */
export const TableList = ({ place }: { readonly place: Place }) => {
  const after = place.query.get("after") ?? undefined
  const { again, latest, problem } = usePolled(
    after ?? "",
    (signal) => listTables({ after, limit: pageSize }, signal),
    interval,
  )
  const page = latest?.value ?? null
  const missing = page?.unavailable ?? []
  return (
    <div className="stack">
      <h1>Tables</h1>
      <PollNotice problem={problem} isShown={page !== null} again={again} loading="Loading the tables…" />
      {missing.length === 0 ? null : (
        <p className="muted">Tables are missing here: no response from {missing.join(", ")}.</p>
      )}
      {page === null ? null : page.tables.length === 0 ? (
        <div className="empty">
          <h2>There are no tables yet</h2>
          <p>
            <Link href={linkTo([])}>Load a file</Link>, and its table appears here.
          </p>
        </div>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="List of tables">
          <table className="table table-list cards">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col" className="number">
                  Rows
                </th>
                <th scope="col" className="number">
                  Size
                </th>
                <th scope="col">Last file</th>
                <th scope="col" className="number">
                  Last load
                </th>
              </tr>
            </thead>
            <tbody>
              {page.tables.map((table) => (
                <TableRow key={tableLink(addressOf(table))} table={table} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <PageLinks
        first={after === undefined ? null : linkTo(["tables"])}
        next={
          page === null || page.next === null
            ? null
            : linkTo(["tables"], new URLSearchParams({ after: page.next }))
        }
      />
    </div>
  )
}
