import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { SourceResource } from "../../../Api/contract/SourcesApi.ts"
import type { RefreshedSource, SourceRun, SourceWithRuns } from "../../../Domain/refresh/RefreshedSource.ts"
import { ShownOptions } from "../../../Domain/load/options/ShownOptions.ts"
import { writtenFlag } from "../../optionName.ts"
import { counted } from "../../output/formats.ts"
import { placeText } from "../../output/placeText.ts"
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
      placeText(source),
      source.state,
      scheduleOf(source),
      timeOf(source.nextRunAt),
      source.fileUrl,
    ]),
  ])

const encodeOptions = Schema.encodeSync(ShownOptions)

const textOf = (value: unknown): string =>
  value === null ? "none" : typeof value === "string" ? value : JSON.stringify(value)

/** The load options as flags. */
const optionsOf = ({ options }: RefreshedSource): string =>
  Object.entries(encodeOptions(options))
    .map(([name, value]) => writtenFlag(name, textOf(value)))
    .join(" ")

const describeSource = (source: SourceWithRuns): ReadonlyArray<string> => [
  `source   ${source.sourceId}`,
  `state    ${source.state}${source.stopReason === null ? "" : `: ${source.stopReason}`}`,
  `file     ${source.fileUrl}`,
  `table    ${placeText(source)}`,
  `schedule ${scheduleOf(source)}`,
  `next run ${timeOf(source.nextRunAt)}`,
  `options  ${optionsOf(source)}`,
  "",
  ...textTable([
    ["run", "state", "created", "result"],
    ...source.runs.map((run) => [run.jobId, run.state, timeOf(run.createdAt), resultOf(run)]),
  ]),
]

/** Shows a source with its latest runs. */
export const showSource = (source: SourceWithRuns) => writeData(SourceResource, source, describeSource)
