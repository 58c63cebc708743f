import * as DateTime from "effect/DateTime"
import { shortestPhase } from "../../Domain/job/attempts/shortestPhase.ts"
import type { Job } from "../../Domain/job/Job.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import { withFlags } from "../optionName.ts"
import { counted, formatBytes, formatCount, formatSeconds } from "./formats.ts"
import { progressLine } from "./progressLine.ts"
import { warningText } from "./warningText.ts"
import { placeText } from "./placeText.ts"
import { textTable } from "./textTable.ts"

type Entry = readonly [name: string, value: string]

const sum = (counts: Readonly<Record<string, number | undefined>> | null): number =>
  Object.values(counts ?? {}).reduce<number>((total, count) => total + (count ?? 0), 0)

const changesOf = ({ changes }: Job): ReadonlyArray<Entry> => {
  if (changes === null) return []
  const counts = Object.entries(changes).filter(([, count]) => count > 0)
  return counts.length === 0
    ? []
    : [["changes", counts.map(([name, count]) => `${formatCount(count)} ${name}`).join(", ")]]
}

const countsOf = (job: Job): ReadonlyArray<Entry> => {
  const [rejected, skipped] = [sum(job.rejects), sum(job.skipped)]
  return [
    ["rows", counted(job.progress.rowsLoaded, "row")],
    ...(rejected === 0
      ? []
      : [["rejects", `${counted(rejected, "record")}: sluice rejects ${job.jobId}`] as const]),
    ...(skipped === 0
      ? []
      : [["skipped", `${counted(skipped, "line")}: sluice rejects --kind skipped ${job.jobId}`] as const]),
  ]
}

const timeOf = ({ finishedAt, progress, startedAt }: Job): ReadonlyArray<Entry> => {
  if (finishedAt === null || startedAt === null) return []
  const seconds = (DateTime.toEpochMillis(finishedAt) - DateTime.toEpochMillis(startedAt)) / 1000
  return [["time", `${formatSeconds(seconds)} for ${formatBytes(progress.bytesReceived)}`]]
}

const attemptsOf = ({ attempts }: Job): ReadonlyArray<Entry> =>
  attempts.map(({ attempt, endedAt, error, outcome, phases, replica, startedAt }) => {
    const on = replica === null ? "" : ` on replica ${replica}`
    const millis =
      endedAt === null ? null : DateTime.toEpochMillis(endedAt) - DateTime.toEpochMillis(startedAt)
    const after = millis === null ? "" : ` after ${formatSeconds(millis / 1000)}`
    const times = phases.flatMap(({ phase, seconds }) =>
      seconds === null ? [phase] : seconds < shortestPhase ? [] : [`${phase} ${formatSeconds(seconds)}`],
    )
    return [
      "attempt",
      [
        `${attempt}${on}: ${outcome ?? "running"}${after}`,
        ...(times.length === 0 ? [] : [` (${times.join(", ")})`]),
        ...(error === null ? [] : [`: ${error.code}`]),
      ].join(""),
    ]
  })

const warningsOf = ({ warnings }: Job): ReadonlyArray<Entry> =>
  (warnings ?? []).map((warning) => ["warning", warningText(warning)])

const hintsOf = ({ almostTyped }: Job): ReadonlyArray<Entry> =>
  (almostTyped ?? []).map((hint) => ["hint", warningText(hint)])

const failureOf = ({ error }: Job): ReadonlyArray<Entry> =>
  error === null ? [] : [["error", `${error.code}: ${withFlags(error.message)}`]]

/** A job for people, a line for each fact. */
export const describeJob = (job: Job): ReadonlyArray<string> => {
  const facts: ReadonlyArray<Entry> = [
    ["job", job.jobId],
    ["state", isFinal(job.state) ? job.state : `${job.state}: ${progressLine(job)}`],
    ...job.fileUrls.map((url): Entry => ["file", url]),
    ["table", placeText(job)],
    ...(job.state === "completed" ? [...countsOf(job), ...changesOf(job)] : []),
    ...timeOf(job),
    ...attemptsOf(job),
    ...failureOf(job),
    ...warningsOf(job),
    ...hintsOf(job),
  ]
  const lines = facts.map(([name, value]) => `${name.padEnd(8)} ${value}`)
  const columns = job.columns ?? []
  if (columns.length === 0) return lines
  return [
    ...lines,
    "",
    ...textTable([
      ["column", "type", "header"],
      ...columns.map(({ header, name, type }) => [name, type, header]),
    ]),
  ]
}
