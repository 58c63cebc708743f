/** The database of requests that name none. */
export const defaultTarget = "default"

/** The database of a job's table, as the job records it; `null`: that of the queue. */
export type RecordedTarget = string | null

/** As it is shown. */
export const shownTarget = (target: RecordedTarget): string => target ?? defaultTarget
