import * as Schema from "effect/Schema"
import type { JobSummary } from "../../Domain/job/list/JobSummary.ts"
import { JobSummaryResource } from "../contract/JobListApi.ts"
import { eventFrame } from "./EventFrame.ts"

const encode = Schema.encodeSync(Schema.toCodecJson(JobSummaryResource))

export const dataOf = (job: JobSummary): string => JSON.stringify(encode(job))

/** @param time position of the event: when the job was read */
export const summaryFrame = (time: number, data: string): Uint8Array =>
  eventFrame("job", String(time), data).bytes

/** More has changed than a read returns, so the client must read the list again. */
export const reloadFrame = (time: number): Uint8Array => eventFrame("reload", String(time), "{}").bytes
