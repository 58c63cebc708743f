import type { Table } from "../../client/tables.ts"
import { FileName } from "../../components/FileName.tsx"
import { Time } from "../../components/Time.tsx"
import { count } from "../../format/numbers.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"

/** The latest loads into a table. */
export const LoadList = ({ loads }: { readonly loads: Table["loads"] }) => (
  <div className="scroll" tabIndex={0} role="region" aria-label="Latest loads">
    <table className="table">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Mode</th>
          <th scope="col">File</th>
          <th scope="col" className="number">
            Rows
          </th>
        </tr>
      </thead>
      <tbody>
        {loads.map(({ fileUrl, finishedAt, jobId, mode, rowsLoaded }) => (
          <tr key={jobId}>
            <td>
              <Link href={linkTo(["job", jobId])}>
                <Time time={finishedAt} />
              </Link>
            </td>
            <td>{mode}</td>
            <td>
              <FileName fileUrl={fileUrl} />
            </td>
            <td className="number">{count(rowsLoaded)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
