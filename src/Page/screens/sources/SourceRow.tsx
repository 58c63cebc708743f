import type { ListedSource } from "../../client/sources.ts"
import { namedTarget } from "../../client/tables.ts"
import { FileName } from "../../components/FileName.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { Badge } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { modeOf, scheduleOf } from "./describeSource.ts"
import { LastResult } from "./LastResult.tsx"
import { RunStrip } from "./RunStrip.tsx"
import { shownSourceStates } from "./shownSourceStates.ts"

/** One source of the list. */
export const SourceRow = ({ source }: { readonly source: ListedSource }) => {
  const { fileUrl, nextRunAt, runs = [], sourceId, state, table, target } = source
  return (
    <tr>
      <td>
        <Link href={linkTo(["sources", sourceId])} className="mono">
          <Shortened text={table} length={40} />
        </Link>
        <p className="muted">
          {modeOf(source)}
          {namedTarget(target) === null ? null : `, in ${target}`}
        </p>
      </td>
      <td>
        <FileName fileUrl={fileUrl} />
      </td>
      <td>
        <LastResult run={runs[0]} />
      </td>
      <td>
        <RunStrip runs={runs} />
      </td>
      <td>
        {state === "active" ? scheduleOf(source) : <Badge {...shownSourceStates[state]} />}
        <p className="muted">
          {nextRunAt === null ? (
            state === "active" ? (
              ""
            ) : (
              scheduleOf(source)
            )
          ) : (
            <>
              next <Time time={nextRunAt} />
            </>
          )}
        </p>
      </td>
    </tr>
  )
}
