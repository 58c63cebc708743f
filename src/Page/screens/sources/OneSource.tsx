import { addressOf, namedTarget, tableLink } from "../../client/tables.ts"
import { findSource, type Source } from "../../client/sources.ts"
import { usePolled } from "../../client/usePolled.ts"
import { type Fact, FactList } from "../../components/FactList.tsx"
import { Notice } from "../../components/notices/Notice.tsx"
import { PollNotice } from "../../components/notices/PollNotice.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { Badge } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { count } from "../../format/numbers.ts"
import { optionList } from "../../format/optionList.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { modeOf, scheduleOf } from "./describeSource.ts"
import { RunHistory } from "./RunHistory.tsx"
import { RunStrip } from "./RunStrip.tsx"
import { shownSourceStates } from "./shownSourceStates.ts"
import { SourceActions } from "./SourceActions.tsx"

const interval = 3000

const factsOf = (source: Source): ReadonlyArray<Fact> => [
  ["File", source.fileUrl],
  [
    "Table",
    <Link href={tableLink(addressOf(source))}>
      {source.schema}.{source.table}
    </Link>,
  ],
  ["Database", namedTarget(source.target)],
  ["Mode", modeOf(source)],
  ["Options", optionList(source.options, ["mode", "tableName", "target"])],
  ["Schedule", scheduleOf(source)],
  ["Next run", source.nextRunAt === null ? "none is planned" : <Time time={source.nextRunAt} />],
  ["Created", <Time time={source.createdAt} />],
  ["Unchanged runs in a row", source.unchangedRuns === 0 ? "" : count(source.unchangedRuns)],
  ["Failed runs in a row", source.failures === 0 ? "" : count(source.failures)],
  ["Runs left out", source.skippedRuns === 0 ? "" : count(source.skippedRuns)],
]

/** One source, its runs, and what can be done with it. */
export const OneSource = ({ sourceId }: { readonly sourceId: string }) => {
  const { again, latest, problem } = usePolled(sourceId, (signal) => findSource(sourceId, signal), interval)
  const source = latest?.value ?? null
  const notice = (
    <PollNotice problem={problem} isShown={source !== null} again={again} loading="Loading the source…">
      <p>
        <Link href={linkTo(["sources"])}>Show all sources</Link>
      </p>
    </PollNotice>
  )
  if (source === null) return notice
  const { runs, state, stopReason, table } = source
  return (
    <div className="stack wide-stack">
      <div className="row spread">
        <div className="stack source-title">
          <div className="row">
            <h1 className="mono">{table}</h1>
            <Badge {...shownSourceStates[state]} />
          </div>
          <p className="muted">
            from <Shortened text={source.fileUrl} length={90} />
          </p>
        </div>
        <SourceActions source={source} onChange={again} />
      </div>
      {notice}
      {stopReason === null ? null : (
        <Notice tone="bad" title="This source has stopped">
          <p>{stopReason}</p>
          <p>Correct the cause, and then resume the source.</p>
        </Notice>
      )}
      <section className="card stack" aria-label="About this source">
        <RunStrip runs={runs} />
        <FactList facts={factsOf(source)} />
      </section>
      <RunHistory sourceId={sourceId} runs={runs} />
    </div>
  )
}
