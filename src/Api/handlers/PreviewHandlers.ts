import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpApiBuilder } from "effect/http-api"
import { Targets } from "../../Domain/load/columns/target/Targets.ts"
import { TargetTables } from "../../Domain/load/columns/target/TargetTables.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { UploadSource } from "../../Domain/source/UploadSource.ts"
import { uploadUrl } from "../../Domain/source/UploadUrl.ts"
import { RequestTimeout } from "../../Domain/service/access/RequestTimeout.ts"
import { readUpload } from "../upload/readUpload.ts"
import { CsvSource } from "../../Domain/source/CsvSource.ts"
import { typed } from "../../Domain/load/columns/Column.ts"
import { type LoadError, loadError, LoadErrorCode } from "../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { suggestedTableName } from "../../Domain/load/columns/TableName.ts"
import { requestedUrl } from "../../Domain/source/masking/requestedUrl.ts"
import { masked, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { requestedFiles } from "../../Domain/source/FileUrls.ts"
import type { SourceUrl } from "../../Domain/source/SourceUrl.ts"
import { Caller } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { targetUnknown } from "./creationProblems.ts"
import { limitProblem } from "../http/limits/limitProblem.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { Api } from "../contract/Api.ts"
import { type FileBeginning, readBeginning } from "../preview/PreviewRead.ts"
import * as PreviewRoom from "../preview/PreviewRoom.ts"
import type { PreviewResource } from "../contract/PreviewApi.ts"
import { FileNotLoadable, TooManyPreviews } from "../contract/problems/Problems.ts"
import { note } from "../http/log/RequestLog.ts"

/** Longest wait for the beginning of the file. The option `timeout` can make it longer, within a limit. */
const defaultTimeout = Duration.seconds(15)
const maxTimeout = Duration.seconds(60)

const count = (outcome: "shown" | "failed" | "refused", code?: LoadErrorCode) =>
  Metrics.count("sluice.previews", { outcome, "error.type": code })

const notLoadable = ({ code, message, place }: LoadError, warnings: ReadonlyArray<LoadWarning> = []) =>
  Effect.gen(function* () {
    yield* note({ loadError: code })
    yield* count("failed", code)
    return yield* new FileNotLoadable({ detail: message, loadError: { code, message, place }, warnings })
  })

const tooManyPreviews = Effect.fnUntraced(function* ({ host }: PreviewRoom.RoomTaken) {
  yield* count("refused")
  const taken =
    host === null
      ? `${PreviewRoom.maxConcurrent} previews are running, which is the limit.`
      : `${PreviewRoom.maxOfHost} previews of files from ${host} are running or waiting for it, which is the limit for one host.`
  return yield* new TooManyPreviews({ detail: `${taken} Try again after Retry-After seconds.` })
})

const previewOf = (
  fileUrl: SourceUrl,
  file: FileBeginning,
  masking: UrlMasking,
): typeof PreviewResource.Type => {
  const { findings, types } = file
  const almostTypes = new Map(file.almostTyped.map(({ column, type }) => [column, type]))
  return {
    requestedUrl: requestedUrl(fileUrl, masking),
    suggestedTableName: suggestedTableName(masked(fileUrl, masking), file.fileName),
    dialect: findings.dialect,
    encoding: findings.encoding,
    encodingGuess: findings.encodingGuess,
    compression: file.compression,
    columns: typed(file.columns, types).map(({ header, name, type }, index) => ({
      name,
      header,
      number: file.numbers[index] ?? null,
      // What the other values of the column are, if some keep it text.
      suggestedType: almostTypes.get(name) ?? type,
    })),
    schemaChanges: file.schemaChanges,
    almostTyped: file.almostTyped,
    recordsRead: file.recordsRead,
    records: file.rows,
    rowChanges: file.rowChanges,
    repairedRecords: file.repaired,
    rejects: file.rejects,
    skippedLines: file.skipped,
    repairs: findings.repairs,
    skipped: findings.skipped,
    lines: findings.lines,
    warnings: findings.warnings,
  }
}

/** The handler of previews. */
export const layerPreviewHandlers = HttpApiBuilder.group(
  Api,
  "preview",
  Effect.fnUntraced(function* (handlers) {
    yield* Metrics.startAtZero("sluice.previews", [
      { outcome: "shown" },
      { outcome: "refused" },
      ...LoadErrorCode.literals.map((code) => ({ outcome: "failed", "error.type": code })),
    ])
    const source = yield* CsvSource
    const uploads = yield* UploadSource
    const targets = yield* Targets
    const limits = yield* Limits
    const refusals = yield* Refusals
    const room = PreviewRoom.make()
    const timeout = yield* RequestTimeout

    const show = Effect.fnUntraced(function* (
      file: Parameters<typeof readBeginning>[0],
      options: LoadOptions,
    ) {
      const masking = yield* UrlMasking
      const { fileUrl } = file
      yield* note({ fileUrl: masked(fileUrl, masking) })
      const longest = Duration.clamp(Duration.seconds(options.timeout ?? 0), {
        minimum: defaultTimeout,
        maximum: maxTimeout,
      })
      const target = yield* Effect.catchTag(
        targets.resolve(options.target),
        "TargetUnknown",
        targetUnknown("body"),
      )
      const read = targets.tablesOf(target).pipe(
        Effect.flatMap((tables) => Effect.provideService(readBeginning(file, options), TargetTables, tables)),
        Effect.timeoutOrElse({
          duration: longest,
          orElse: () =>
            Effect.fail(
              loadError(
                "source_timeout",
                `The source did not send the beginning of the file within ${Duration.format(longest)}.`,
              ),
            ),
        }),
      )
      const { id } = yield* Caller
      const preview = yield* room.admit(fileUrl, limits.preview(id, fileUrl, room.read(read))).pipe(
        Effect.catchTags({
          LoadError: (error) => notLoadable(error),
          BeginningUnreadable: ({ error, warnings }) => notLoadable(error, warnings),
          LimitReached: limitProblem(refusals),
          RoomTaken: tooManyPreviews,
        }),
      )
      yield* count("shown")
      return previewOf(fileUrl, preview, masking)
    })

    return handlers
      .handle(
        "preview",
        Effect.fn("PreviewApi.preview")(({ payload: { fileUrl: fileUrls, ...options } }) => {
          const { fileUrl, otherUrls = [] } = requestedFiles(fileUrls)
          const opening = source.open(fileUrl, options)
          return show({ fileUrl, opening, others: otherUrls.length }, options)
        }),
      )
      .handleRaw(
        "previewUpload",
        Effect.fn("PreviewApi.previewUpload")(function* ({ params, query, request }) {
          const { file, fileName, options } = yield* readUpload(request, params.fileName, query, timeout)
          const opening = uploads.open(file, options)
          return yield* show({ fileUrl: uploadUrl(fileName), opening, others: 0 }, options)
        }, Effect.scoped),
      )
  }),
)
