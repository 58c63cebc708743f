import { parseJson } from "../format/parseJson.ts"
import { makeStore, useStore } from "../store/Store.ts"
import type { Job } from "./jobs.ts"
import { type Answer, type Problem, problemOf, unreachable } from "./http/Problem.ts"
import { apiKey, askForKey } from "./http/apiKey.ts"
import { authorization, urlOf } from "./http/request.ts"
import { sendWithKey } from "./http/sendWithKey.ts"

/** A file on its way to the service, which loads it while it arrives. */
export interface Upload {
  readonly fileName: string
  readonly sent: number
  readonly total: number
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly cancel: () => void
}

const current = makeStore<Upload | null>(null)

const warn = (event: BeforeUnloadEvent) => event.preventDefault()

const set = (next: Upload | null) => {
  // Leaving the page ends the upload, so the browser asks first.
  if (next !== null && current.get() === null) addEventListener("beforeunload", warn)
  if (next === null) removeEventListener("beforeunload", warn)
  current.set(next)
}

/** The upload that is running; `null` if none is. */
export const useUpload = (): Upload | null => useStore(current)

const cancelled: Problem = {
  code: "upload_cancelled",
  status: 0,
  title: "Upload cancelled",
  detail: "You cancelled the upload. Nothing was loaded.",
}

/** The service may commit a file that it has whole, even if the client leaves. */
const cancelledTooLate: Problem = {
  code: "upload_unknown",
  status: 0,
  title: "Upload cancelled after the whole file was sent",
  detail: "The file may have been loaded or not. Look for it in the list of jobs before you load it again.",
}

/** `fetch` reports no progress of what it sends. */
const sendOnce = (file: File, query: URLSearchParams, idempotencyKey: string) =>
  new Promise<Answer<Job>>((resolve) => {
    const request = new XMLHttpRequest()
    const startedAt = Date.now()
    let isSent = false
    const progress = (sent: number) => {
      isSent = sent >= file.size
      set({ fileName: file.name, sent, total: file.size, startedAt, cancel: () => request.abort() })
    }
    const fail = (problem: Problem) => resolve({ _tag: "Failure", problem })
    request.upload.addEventListener("progress", ({ loaded }) => progress(loaded))
    request.addEventListener("load", () => {
      const body = parseJson(request.responseText)
      if (request.status < 300) resolve({ _tag: "Success", value: body as Job })
      else fail(problemOf(request.status, request.statusText, body))
    })
    request.addEventListener("error", () => fail(unreachable))
    request.addEventListener("abort", () => fail(isSent ? cancelledTooLate : cancelled))
    request.open("PUT", urlOf(`upload/${encodeURIComponent(file.name)}`, query))
    for (const [name, value] of Object.entries({ ...authorization(), "idempotency-key": idempotencyKey }))
      request.setRequestHeader(name, value)
    progress(0)
    request.send(file)
  })

/** Loads a file of this computer. Resolves when its job has ended. The same file sent again, after its response was lost, is not loaded twice. */
export const upload = (file: File, query: URLSearchParams): Promise<Answer<Job>> =>
  sendWithKey(`upload ${file.name} ${file.size} ${file.lastModified} ${query}`, async (idempotencyKey) => {
    while (true) {
      const key = apiKey()
      const answer = await sendOnce(file, query, idempotencyKey)
      set(null)
      if (answer._tag === "Success" || answer.problem.status !== 401) return answer
      await askForKey(key)
    }
  })
