import type { SourceResource, SourcesPage } from "../../Api/contract/SourcesApi.ts"
import { ask } from "./http/request.ts"
import { sendWithKey } from "./http/sendWithKey.ts"

/** A source with its latest runs. */
export type Source = typeof SourceResource.Encoded

/** A page of the list of sources. */
type SourceList = typeof SourcesPage.Encoded

/** A source in the list. */
export type ListedSource = SourceList["sources"][number]

/** @param page `runs`: how many of the latest runs of each source come with it */
export const listSources = (
  page: { readonly after?: string | undefined; readonly limit: number; readonly runs?: number },
  signal: AbortSignal,
) => ask<SourceList>("sources", { query: page, signal })

const pathOf = (sourceId: string): string => `sources/${encodeURIComponent(sourceId)}`

export const findSource = (sourceId: string, signal: AbortSignal) => ask<Source>(pathOf(sourceId), { signal })

/** Creates a source. The same form sent again, after its response was lost, creates no other. */
export const createSource = (form: URLSearchParams) =>
  sendWithKey(`sources ${form}`, (key) =>
    ask<Source>("sources", { method: "POST", body: form, headers: { "idempotency-key": key } }),
  )

/** Changes the options of a source that the form has. */
export const changeSource = (sourceId: string, form: URLSearchParams) =>
  ask<Source>(pathOf(sourceId), { method: "PATCH", body: form })

/** Creates a run, or returns the one that has not ended. */
export const refreshSource = (sourceId: string) =>
  ask<{ readonly jobId: string }>(`${pathOf(sourceId)}/refresh`, { method: "POST" })

export const pauseSource = (sourceId: string) => ask<Source>(`${pathOf(sourceId)}/pause`, { method: "POST" })

export const resumeSource = (sourceId: string) =>
  ask<Source>(`${pathOf(sourceId)}/resume`, { method: "POST" })

/** The table and the jobs stay. */
export const deleteSource = (sourceId: string) => ask<null>(pathOf(sourceId), { method: "DELETE" })
