import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import { duration, integer, size } from "./settingKinds.ts"

const many = 1_000_000_000

/** How much callers may use, each and all together, over all replicas. */
export const limitSettings = {
  /** Requests per second of one caller. */
  requestsPerSecond: integer("REQUESTS_PER_SECOND", 1000, 1, many),
  totalRequestsPerSecond: integer("TOTAL_REQUESTS_PER_SECOND", 5000, 1, many),
  /** Previews of one caller at a time. */
  previews: integer("PREVIEWS_PER_CALLER", 3, 1, many),
  totalPreviews: integer("TOTAL_PREVIEWS", 100, 1, many),
  /** Uploads of one caller at a time. */
  uploads: integer("UPLOADS_PER_CALLER", 4, 1, many),
  totalUploads: integer("TOTAL_UPLOADS", 100, 1, many),
  /** Uploads that one API process loads at a time; 0 turns uploads off. */
  uploadConcurrency: integer("UPLOAD_CONCURRENCY", 8, 0, 1000),
  /** Jobs of one caller that wait or run. */
  unfinishedJobs: integer("UNFINISHED_JOBS_PER_CALLER", 10_000, 1, many),
  /** Jobs that wait or run: the length of the queue. */
  totalUnfinishedJobs: integer("TOTAL_UNFINISHED_JOBS", 100_000, 1, many),
  /** Jobs of one caller that run at a time; its others wait, and those of other callers do not wait for them. */
  runningJobs: integer("RUNNING_JOBS_PER_CALLER", 100, 1, many),
  /** Sources of one caller. */
  sourcesPerCaller: integer("SOURCES_PER_CALLER", 1000, 1, many),
  totalSources: integer("TOTAL_SOURCES", 100_000, 1, many),
  /** Shortest time between two runs of a source. */
  sourceMinInterval: duration("SOURCE_MIN_INTERVAL", Duration.minutes(1)),
  /** Bytes that the jobs of one caller received in the last 24 hours. */
  bytesPerDay: size("BYTES_PER_DAY_PER_CALLER", ByteSize.tebibytes(1)),
  totalBytesPerDay: size("TOTAL_BYTES_PER_DAY", ByteSize.tebibytes(10)),
}
