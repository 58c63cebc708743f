import * as Record from "effect/Record"
import { canonicalRequest, type IdempotencyKey } from "../../../../Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../../../Domain/job/Job.ts"
import type { QueuedLoad } from "../../../../Domain/job/JobQueue.ts"
import { fileUrlsOf, type LoadRequest } from "../../../../Domain/job/Jobs.ts"
import type { SourceId } from "../../../../Domain/job/SourceId.ts"
import type { LoadOptions } from "../../../../Domain/load/options/LoadOptions.ts"
import type { Caller } from "../../../../Domain/service/Caller.ts"
import { hostOf } from "../../../../Domain/source/hosts/HostAndPort.ts"
import { requestedUrl } from "../../../../Domain/source/masking/requestedUrl.ts"
import { shownUrls } from "../../../../Domain/source/masking/shownUrls.ts"
import { mask, masked, type UrlMasking } from "../../../../Domain/source/masking/UrlMasking.ts"
import type { TablesApart } from "../TablesApart.ts"
import type { CallbackId, JobSecrets, SealedSecret } from "../JobSecrets.ts"

/** A request as it is stored, with its secrets apart from the rest. */
export interface StoredRequest {
  /** The URL as given if it has no secrets, otherwise masked. */
  readonly fileUrl: string
  readonly shownUrl: string
  /** Further files as they are shown; `null`: none. */
  readonly otherUrls: ReadonlyArray<string> | null
  /** What finds the job by them: their hosts besides that of the first file, and their text; `null`: none. */
  readonly otherHosts: ReadonlyArray<string> | null
  readonly otherWords: string | null
  readonly requestedUrl: string | null
  /** With the values of headers masked, and without the `callbackUrl`. */
  readonly options: LoadOptions
  /** What only workers may read; `null` if there is nothing of that kind. */
  readonly secret: SealedSecret | null
  /** Receives its end; `null` if nobody does. */
  readonly webhook: (SealedSecret & { readonly host: string; readonly shownUrl: string }) | null
  readonly idempotencyKey: IdempotencyKey | null
  /** Of the request with its key: the first is stored, and one of them is that of an equal request. */
  readonly requestHashes: ReadonlyArray<string>
}

/** A job to be created, but for the name of its table. */
export interface NewJob extends StoredRequest {
  readonly id: JobId
  readonly caller: Pick<Caller["Service"], "id" | "owner" | "scopes">
  /** The source whose run the job is. Then the secrets are those of the source. */
  readonly sourceId: SourceId | null
  /** The database of the table; `null`: that of the queue. */
  readonly apart: TablesApart | null
  readonly message: QueuedLoad
  /** The host for whose limit the load counts; `null`: none. */
  readonly host: string | null
  /** The number of the replica that holds the job from its creation on; `null` if the job waits for a worker. */
  readonly holder: number | null
}

/** An index cannot hold a longer text. */
const maxSearched = 100_000

const hostname = (url: string): string => URL.parse(url)?.hostname ?? ""

/** The files after the first one, and what finds the job by them. */
export const searchedFiles = (shownUrl: string, otherUrls: ReadonlyArray<string>) => {
  if (otherUrls.length === 0) return { otherUrls: null, otherHosts: null, otherWords: null }
  const others = new Set(otherUrls.map(hostname))
  others.delete(hostname(shownUrl))
  others.delete("")
  return {
    otherUrls,
    otherHosts: others.size > 0 ? [...others] : null,
    otherWords: otherUrls.join(" ").slice(0, maxSearched),
  }
}

/**
 * @param id of the job or of the source that the request creates
 * @param options.callbackId of a source's receiver; a job has none of its own
 * @param more what else makes two requests with the same key equal
 */
export const storedRequest = (
  id: JobId | SourceId,
  request: LoadRequest,
  options: {
    readonly masking: UrlMasking
    readonly secrets: JobSecrets["Service"]
    readonly callbackId?: CallbackId
  },
  ...more: ReadonlyArray<unknown>
): StoredRequest => {
  const { fileUrl, idempotencyKey = null } = request
  const { callbackUrl, headers, ...shownOptions } = request.options
  const shownHeaders = headers === undefined ? {} : { headers: Record.map(headers, () => mask) }
  const urls = fileUrlsOf(request)
  const [shownUrl = "", ...otherUrls] = shownUrls(urls, options.masking)
  // Only the first URL has a place of its own.
  const hasSecrets = urls.length > 1 || shownUrl !== URL.parse(fileUrl)?.href || headers !== undefined
  return {
    fileUrl: hasSecrets ? shownUrl : fileUrl,
    shownUrl,
    ...searchedFiles(shownUrl, otherUrls),
    requestedUrl: requestedUrl(fileUrl, options.masking),
    options: { ...shownOptions, ...shownHeaders },
    secret: hasSecrets ? options.secrets.seal(id, request) : null,
    webhook:
      callbackUrl === undefined
        ? null
        : {
            ...options.secrets.sealCallback(options.callbackId ?? id, callbackUrl),
            host: hostOf(new URL(callbackUrl)),
            shownUrl: masked(callbackUrl, options.masking),
          },
    idempotencyKey,
    requestHashes:
      idempotencyKey === null
        ? []
        : options.secrets.hashesOf(JSON.stringify([idempotencyKey, canonicalRequest(request), ...more])),
  }
}
