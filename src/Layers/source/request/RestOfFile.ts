import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { codingNames } from "./ContentEncoding.ts"
import { parseContentRange } from "./ContentRange.ts"
import { declaredSize } from "./DeclaredSize.ts"
import { refusal } from "./Refusal.ts"
import { strongValidator, type Validator, versionOf } from "./Validator.ts"

/** What must be known of a file to go on with it after a break. Sizes are of the file as it is sent. */
export interface ResumableFile {
  readonly validator: Validator
  readonly size: number
  /** Its content codings, in the header's order. */
  readonly codings: string
}

/** All of a file from a byte on, of the version that was begun. */
export interface RestOfFile {
  readonly file: ResumableFile
  readonly offset: number
}

/** The file that an answer of 200 begins, if its rest can be asked for; else why not, fit for a sentence. */
export const resumableFile = (response: HttpClientResponse): Result.Result<ResumableFile, string> => {
  const { headers } = response
  const size = declaredSize(response)
  if (size === null) return Result.fail("its size was not declared")
  if (headers["accept-ranges"]?.trim().toLowerCase() === "none")
    return Result.fail("the server sends no parts")
  const validator = strongValidator(headers)
  if (validator === null) {
    return Result.fail(
      "the server gave neither a strong ETag nor a Last-Modified that could stand in for one",
    )
  }
  return Result.succeed({ validator, size, codings: codingNames(response).join(", ") })
}

/** Headers that ask for the rest of a file, and for all of it if it has changed (RFC 9110, 13.1.5 and 14.2). */
export const rangeHeaders = ({ file, offset }: RestOfFile): Readonly<Record<string, string>> => ({
  range: `bytes=${offset}-`,
  "if-range": file.validator.value,
})

const changed = (host: string, how: string): LoadError =>
  loadError("source_changed", `The file at ${host} was changed while it was downloaded: ${how}.`)

const unfit = (host: string, what: string): LoadError => loadError("source_interrupted", `${host} ${what}.`)

/**
 * Why an answer is not the rest that was asked for; `null` when it is, byte for byte.
 *
 * `source_changed` when there is another file now. Else what `refusal` says of the answer, or
 * `source_interrupted` when it holds other bytes, or does not prove that they are of the same file. A redirect
 * that can be followed is not asked about.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export const judgeRest = (
  host: string,
  { file, offset }: RestOfFile,
  response: HttpClientResponse,
  now: number,
): LoadError | null => {
  const { status, headers } = response
  const version = versionOf(headers, file.validator)
  if (status === 412) return changed(host, "it answered 412")
  if (status === 416) return changed(host, `it has no byte ${offset} any more`)
  if (status === 200) {
    // The condition was not met, or the server does not serve parts: the validator tells.
    return version === "other"
      ? changed(host, `its ${file.validator.header} is another`)
      : unfit(host, "sent the whole file when asked for its rest")
  }
  if (status !== 206) return refusal(host, response, now)

  if (version === "other") return changed(host, `its ${file.validator.header} is another`)
  // A 206 must repeat the entity tag, and may leave out everything else (RFC 9110, 15.3.7).
  if (version === "unknown" && file.validator.header === "etag") {
    return unfit(host, "did not tell which version of the file it sends the rest of")
  }
  if (headers["content-type"]?.trim().toLowerCase().startsWith("multipart/byteranges") === true) {
    return unfit(host, "sent the rest of the file in several parts")
  }
  const range = parseContentRange(headers["content-range"])
  if (range === null) return unfit(host, "did not tell which part of the file it sends")
  if (range.size !== null && range.size !== file.size) {
    return changed(host, `it has ${range.size} bytes where it had ${file.size}`)
  }
  if (range.first !== offset || range.last !== file.size - 1) {
    return unfit(
      host,
      `sent bytes ${range.first} to ${range.last} when asked for ${offset} to ${file.size - 1}`,
    )
  }
  const length = declaredSize(response)
  if (length !== null && length !== file.size - offset) {
    return unfit(host, `announced ${length} bytes when asked for the last ${file.size - offset}`)
  }
  const codings = codingNames(response).join(", ")
  const mayOmitCodings = version === "same" && headers["content-encoding"] === undefined
  if (codings !== file.codings && !mayOmitCodings) {
    return unfit(host, "sent the rest of the file in another encoding than its beginning")
  }
  return null
}
