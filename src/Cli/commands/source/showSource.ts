import * as DateTime from "effect/DateTime"
import { SourceResource } from "../../../Api/contract/SourcesApi.ts"
import type { RefreshedSource, SourceRun, SourceWithRuns } from "../../../Domain/refresh/RefreshedSource.ts"
import { counted } from "../../output/formats.ts"
import { textTable } from "../../output/textTable.ts"
import { writeData } from "../../output/writeData.ts"

const timeOf = (time: DateTime.Utc | null): string => (time === null ? "-" : DateTime.formatIso(time))

const scheduleOf = ({ cron, every, timezone }: RefreshedSource): string =>
  every !== null ? `every ${every}` : cron !== null ? `${cron} (${timezone})` : "only when refreshed"

const resultOf = ({ error, rowsLoaded, state, unchanged }: SourceRun): string =>
  error ?? (unchanged ? "unchanged" : state === "completed" ? counted(rowsLoaded, "row") : "")

export const describeSources = (sources: ReadonlyArray<RefreshedSource>): ReadonlyArray<string> =>
  textTable([
    ["source", "table", "state", "schedule", "next run", "file"],
    ...sources.map((source) => [
      source.sourceId,
      `${source.schema}.${source.table}`,
      source.state,
      scheduleOf(source),
      timeOf(source.nextRunAt),
      source.fileUrl,
    ]),
  ])

const describeSource = (source: SourceWithRuns): ReadonlyArray<string> => [
  `source   ${source.sourceId}`,
  `state    ${source.state}${source.stopReason === null ? "" : `: ${source.stopReason}`}`,
  `file     ${source.fileUrl}`,
  `table    ${source.schema}.${source.table}`,
  `schedule ${scheduleOf(source)}`,
  `next run ${timeOf(source.nextRunAt)}`,
  ...(source.options.callbackUrl === undefined ? [] : [`reports  ${source.options.callbackUrl}`]),
  "",
  ...textTable([
    ["run", "state", "created", "result"],
    ...source.runs.map((run) => [run.jobId, run.state, timeOf(run.createdAt), resultOf(run)]),
  ]),
]

/** Shows a source with its latest runs. */
export const showSource = (source: SourceWithRuns) => writeData(SourceResource, source, describeSource)
