import type { Kept } from "../../navigation/place.ts"

/** The request that made a job, so that this tab can load the file again in the same way. */
export interface RememberedRequest {
  /** The query of the preview. */
  readonly query: string
  readonly headers: NonNullable<Kept["headers"]>
}

const keyOf = (jobId: string) => `sluice.request.${jobId}`

/** Does nothing if the storage of this tab is full: the job exists, and must be shown. */
export const rememberRequest = (jobId: string, request: RememberedRequest): void => {
  try {
    sessionStorage.setItem(keyOf(jobId), JSON.stringify(request))
  } catch {
    return
  }
}

/** `null` if another tab, or a program, made the job. */
export const rememberedRequest = (jobId: string): RememberedRequest | null => {
  const stored = sessionStorage.getItem(keyOf(jobId))
  return stored === null ? null : (JSON.parse(stored) as RememberedRequest)
}
