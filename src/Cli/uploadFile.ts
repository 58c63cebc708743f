import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { HttpClientRequest } from "effect/http"
import { UploadOptions } from "../Api/contract/UploadApi.ts"
import type { Job } from "../Domain/job/Job.ts"
import { checked, type GivenOptions } from "./checked.ts"
import type { CommandFailed } from "./CommandFailed.ts"
import { openFile } from "./openFile.ts"
import { sentLine } from "./output/progressLine.ts"
import { Screen } from "./output/Screen.ts"
import { connect, runJobs } from "./server/Server.ts"
import { explainFailure } from "./server/explainFailure.ts"

/** Sends a file to the server, which loads it meanwhile, and returns the finished job. */
export const uploadFile = Effect.fnUntraced(function* (name: string, options: GivenOptions) {
  const query = yield* checked(UploadOptions, "query", options)
  const { bytes, fileName, size } = yield* openFile(name)
  const screen = yield* Screen
  yield* runJobs
  const { clientFor, url } = yield* connect
  let sent = 0
  let isSent = false
  let unread: CommandFailed | undefined
  const counted = Stream.tap(bytes, (chunk) => {
    sent += chunk.byteLength
    isSent = sent === size
    return screen.progress("upload", sentLine(sent, size))
  }).pipe(
    // The client would report a request that broke off.
    Stream.tapError((error) => Effect.sync(() => (unread = error))),
    Stream.onEnd(Effect.sync(() => (isSent = true))),
  )
  const client = yield* clientFor(
    HttpClientRequest.bodyStream(counted, {
      contentType: "text/csv",
      ...(size === null ? {} : { contentLength: size }),
    }),
  )
  const response = yield* Effect.mapError(
    fileName === null
      ? client.upload.upload({ query, headers: {} })
      : client.upload.uploadNamed({ query, headers: {}, params: { fileName } }),
    (error) => unread ?? explainFailure(url)(error),
  ).pipe(
    Effect.onInterrupt(() =>
      screen.say(
        isSent
          ? "Interrupted when the whole file had been sent, so it may have been loaded: see sluice tables"
          : "Interrupted before the end of the file: nothing was loaded",
      ),
    ),
  )
  yield* screen.clear
  const job: Job = response.body
  return job
})
