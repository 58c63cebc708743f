import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { HttpIncomingMessage, Multipart, type HttpServerRequest } from "effect/http"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import type { SentFile } from "../../Domain/source/UploadSource.ts"
import { RequestTimedOut } from "../contract/problems/Problems.ts"
import { UploadFields, UploadOptions } from "../contract/UploadApi.ts"
import { invalidRequest, refuse } from "../http/input/RequestIssues.ts"

/** An upload whose file has not been read. */
interface UploadRequest {
  readonly file: SentFile
  readonly fileName: string | null
  /** Those of the query, and of the fields before the file. */
  readonly options: typeof UploadOptions.Type
}

const interrupted = () =>
  loadError(
    "upload_interrupted",
    "The client closed the connection before the end of its upload. Nothing was loaded. Send the file again.",
  )

/** Of a form whose file has begun. The form's parser wraps what its connection fails with. */
const formFailure = (error: LoadError | Multipart.MultipartError): LoadError =>
  error._tag === "LoadError" || error.reason._tag === "InternalError"
    ? interrupted()
    : loadError("malformed_upload", "The form does not end as multipart/form-data does. Send the file again.")

/** Characters of all fields before the file, as in a body of another request. */
const maxFieldsSize = 64 * 1024

const formLimits = Multipart.limitsServices({ maxFieldSize: "64 KiB", maxParts: 200 })

const malformed = (message: string) => invalidRequest([{ in: "body", field: null, message }])

const check = Schema.decodeUnknownEffect(Schema.toType(UploadOptions), { errors: "all" })

const checkTogether = (options: typeof UploadFields.Type, part: "body" | "query") =>
  Effect.catch(check(options), refuse(part))

const decodeOptions = Schema.decodeUnknownEffect(UploadFields, { errors: "all", onExcessProperty: "error" })

/** The fields of a form as a query has them: a repeated one is a list. */
const recordOf = (fields: ReadonlyArray<Multipart.Field>) =>
  Object.fromEntries(
    [...Map.groupBy(fields, ({ key }) => key)].map(([key, all]) => [
      key,
      all.length === 1 ? all[0]?.value : all.map(({ value }) => value),
    ]),
  )

/** `curl` declares every file to be a form, so a charset of that type is not the file's. */
const typeOf = (contentType: string | undefined): string | null =>
  contentType?.replace(/^(application\/x-www-form-urlencoded).*$/i, (_, type: string) =>
    type.toLowerCase(),
  ) ?? null

/** Reads the fields before the file. The rest of the form is read with the file. */
const readForm = Effect.fnUntraced(
  function* (request: HttpServerRequest.HttpServerRequest) {
    const parts = yield* Stream.toPull(
      request.stream.pipe(
        Stream.mapError(interrupted),
        Stream.pipeThroughChannel(Multipart.makeChannel(request.headers)),
      ),
    )
    const fields: Array<Multipart.Field> = []
    let pending: ReadonlyArray<Multipart.Part> = []
    let file: Multipart.File | undefined
    let size = 0
    while (file === undefined) {
      const some = yield* Effect.mapError(parts, (end) =>
        Cause.isDone(end)
          ? malformed("the form has no file: curl -F file=@trips.csv")
          : malformed("the form is malformed"),
      )
      const [before, rest] = Arr.span(some, Multipart.isField)
      fields.push(...before)
      size += before.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
      if (size > maxFieldsSize) return yield* malformed("the fields before the file are larger than 64 KiB")
      const [first, ...others] = rest
      if (first !== undefined && Multipart.isFile(first)) {
        file = first
        pending = others
      }
    }
    const options = yield* Effect.catch(decodeOptions(recordOf(fields)), refuse("body"))
    const more = loadError(
      "malformed_upload",
      "The form has a field or another file after its first file, where no option can count any more. Put all fields before the file, or give the options in the query, and send one file.",
    )
    const end: Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, LoadError> = Effect.suspend(() =>
      pending.length > 0 ? Effect.fail(more) : parts,
    ).pipe(
      Effect.mapError((error) => (Cause.isDone(error) || error === more ? error : formFailure(error))),
      Effect.andThen(Effect.fail(more)),
    )
    const bytes = Stream.concat(
      Stream.mapError(file.content, formFailure),
      Stream.fromPull(Effect.succeed(end)),
    )
    return {
      file: {
        bytes,
        size: null,
        contentType: typeOf(file.contentType),
        contentEncoding: request.headers["content-encoding"] ?? null,
      },
      fileName: file.name,
      options,
    }
  },
  Effect.provide(formLimits),
  Effect.provideService(HttpIncomingMessage.MaxBodySize, undefined),
)

/**
 * Reads what comes before the file. Only a form has anything there.
 *
 * @param timeout for what comes before the file
 */
export const readUpload = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  fileName: string | null,
  query: typeof UploadFields.Type,
  timeout: Duration.Duration,
) {
  const { headers } = request
  const contentType = headers["content-type"]
  if (contentType !== undefined && /^multipart\//i.test(contentType)) {
    const form = yield* Effect.timeoutOrElse(readForm(request), {
      duration: timeout,
      orElse: () => Effect.fail(new RequestTimedOut({})),
    })
    return { ...form, options: yield* checkTogether({ ...query, ...form.options }, "body") }
  }
  const size = Number(headers["content-length"] ?? Number.NaN)
  const upload: UploadRequest = {
    file: {
      bytes: Stream.mapError(request.stream, interrupted),
      size: Number.isNaN(size) ? null : size,
      contentType: typeOf(contentType),
      contentEncoding: headers["content-encoding"] ?? null,
    },
    fileName,
    options: yield* checkTogether(query, "query"),
  }
  return upload
})
