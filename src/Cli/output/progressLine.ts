import * as DateTime from "effect/DateTime"
import type { Job } from "../../Domain/job/Job.ts"
import { lastCountedPosition } from "../../Domain/job/lastCountedPosition.ts"
import { counted, formatBytes, formatCount, formatSeconds } from "./formats.ts"

const barWidth = 24

const bar = (percent: number): string => {
  const filled = Math.round((percent / 100) * barWidth)
  return `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}]`
}

const place = ({ waiting }: Job): string => {
  if (waiting === null || waiting.position === null) return ""
  const { estimatedStartAt: at, position } = waiting
  const counted =
    position > lastCountedPosition ? `after ${formatCount(lastCountedPosition)}` : formatCount(position)
  return `, position ${counted}${at === null ? "" : `, starts about ${DateTime.formatIso(at)}`}`
}

/** What the job waits for because of its host; `null` if it does not. */
const waitsForHost = ({ fileUrl, waiting }: Job): string | null => {
  const host = URL.parse(fileUrl)?.host ?? fileUrl
  if (waiting?.reason === "host") return `waits until fewer files of ${host} are being read`
  if (waiting?.reason !== "held") return null
  const until = waiting.heldUntil === null ? "" : ` until ${DateTime.formatIso(waiting.heldUntil)}`
  return `waits${until}: ${host} asked for fewer requests`
}

const waiting = (job: Job): string => {
  const { attempt, error, state, target, waitsFor } = job
  if (waitsFor !== null) return `waits for job ${waitsFor} on the same table`
  if (job.waiting?.reason === "target") return `waits for the database ${target}, which no worker reaches`
  const forHost = waitsForHost(job)
  if (forHost !== null) return forHost
  if (state === "created") return `waits for a worker${place(job)}`
  return `attempt ${attempt ?? 1} ended${error === null ? "" : `: ${error.message}`} Waits for the next attempt`
}

/** How much of a file has been sent. */
export const sentLine = (sent: number, size: number | null): string => {
  if (size === null || size === 0) return `${formatBytes(sent)} sent`
  const percent = Math.min(100, (sent / size) * 100)
  return `${bar(percent)} ${Math.floor(percent)} %  ${formatBytes(sent)} of ${formatBytes(size)} sent`
}

/** What a job does whose file has been read. */
const afterReading = ({ attempts }: Job): string => {
  const phase = attempts.at(-1)?.phases.at(-1)?.phase ?? "loading"
  return phase === "loading" ? "all read" : phase
}

/** What a job that has not ended does now, on one line. */
export const progressLine = (job: Job): string => {
  if (job.state !== "active") return waiting(job)
  const { bytesPerSecond, bytesReceived, bytesTotal, etaSeconds, file, percent, rowsLoaded, rowsRejected } =
    job.progress
  if (bytesReceived === 0) return "waits for the source"
  const size = bytesTotal === null ? "" : ` of ${formatBytes(bytesTotal)}`
  return [
    ...(file === null ? [] : [`file ${file} of ${job.fileUrls.length}`]),
    ...(percent === null ? [] : [`${bar(percent)} ${Math.floor(percent)} %`]),
    `${formatBytes(bytesReceived)}${size}`,
    counted(rowsLoaded, "row"),
    ...(rowsRejected === 0 ? [] : [`${counted(rowsRejected, "reject")}`]),
    ...(bytesPerSecond === null ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(percent === 100
      ? [afterReading(job)]
      : etaSeconds === null
        ? []
        : [`${formatSeconds(etaSeconds)} left`]),
  ].join("  ")
}
