import type { Kept } from "../../navigation/place.ts"

/** What the service does not show of the request that made a job, so that this tab can load the file again. */
export interface RememberedRequest {
  /** The file in the query of the preview, with its secrets. */
  readonly file: Readonly<Record<string, string>>
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
