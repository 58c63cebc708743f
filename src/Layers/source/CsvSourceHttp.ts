import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { SourceOptions } from "../../Domain/load/options/SourceOptions.ts"
import { CsvSource, type OpenedSource } from "../../Domain/source/CsvSource.ts"
import * as HostAliases from "../../Domain/source/hosts/HostAliases.ts"
import { hostOf, portOf } from "../../Domain/source/hosts/HostAndPort.ts"
import { fileOfShareLink } from "../../Domain/source/ShareLink.ts"
import { masked, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { FileUnchanged, type KnownVersion } from "../../Domain/source/FileVersion.ts"
import type { SourceUrl } from "../../Domain/source/SourceUrl.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { AppConfig } from "../process/AppConfig.ts"
import type { CompressionFormat } from "./decompress/CompressionFormat.ts"
import { decompress } from "./decompress/decompress.ts"
import { RateWindow } from "./download/LeastRate.ts"
import { hashing } from "./contentHash.ts"
import { type Connect, connectWith } from "./download/Connection.ts"
import { resumableFile } from "./download/RangeRequest.ts"
import { resumableBody } from "./download/resumableBody.ts"
import { ResumePolicy } from "./download/ResumePolicy.ts"
import { makeResumer } from "./download/Resumer.ts"
import { GuardedHttpClient } from "./guard/GuardedHttpClient.ts"
import { codingNames, responseCodings } from "./request/ContentEncoding.ts"
import { dispositionFileName } from "./request/dispositionFileName.ts"
import { beginningOf } from "./request/beginningOf.ts"
import { errorReason } from "./request/errorReason.ts"
import { type Accept, followRedirects } from "./request/followRedirects.ts"
import { contentLength, endsWithConnection } from "./request/ResponseHeaders.ts"
import { firstRequest, type SourceRequest } from "./request/SourceRequest.ts"
import { conditionsOf, isNotModified, validatorsOf } from "./request/conditions.ts"
import { statusError } from "./request/statusError.ts"
import { userAgent } from "./request/userAgent.ts"
import { withoutSecrets } from "./request/withoutSecrets.ts"

/** How long a file may be in preparation (202) if the user gives no timeout. The load's slot waits, but no transaction. */
const defaultMaxPending = Duration.minutes(2)

/** Small files may have any ratio: they cost little, and repetitive ones compress well. */
export const expansionFloor = ByteSize.gigabytes(1)

const isSameOrigin = (a: string, b: string): boolean => URL.parse(a)?.origin === URL.parse(b)?.origin

/** The file's name that the server gives, which may repeat parts of the request. */
const servedFileName = (request: SourceRequest, response: HttpClientResponse, masking: UrlMasking) => {
  const name = dispositionFileName(response.headers["content-disposition"])
  return name === null ? null : withoutSecrets(name, request, masking)
}

/** Adds what the response to a refused request says. */
const withReason = Effect.fnUntraced(function* (
  error: LoadError,
  request: SourceRequest,
  response: HttpClientResponse,
) {
  if (response.status < 400 || codingNames(response).length > 0) return error
  const reason = errorReason(request, yield* beginningOf(response), yield* UrlMasking)
  return reason === null ? error : error.withMessage(`${error.message} It says: ${JSON.stringify(reason)}.`)
})

type Connected = Omit<Effect.Success<ReturnType<Connect>>, "accepted">

const make = Effect.gen(function* () {
  yield* Metrics.startAtZero("sluice.source.resumes", [{ outcome: "resumed" }, { outcome: "failed" }])
  const config = yield* AppConfig
  const resumePolicy = yield* ResumePolicy
  const rateWindow = yield* RateWindow
  const aliases = yield* Effect.fromResult(HostAliases.parse(config.sourceHostAliases))
  const fetch = followRedirects(yield* GuardedHttpClient, {
    aliases,
    allowDowngrade: config.allowDowngrade,
    userAgent: userAgent(config.userAgentContact),
  })
  const connect = connectWith(fetch, config.sourceIdleTimeout)

  /** Accepts a response that starts the file. Returns its content codings. */
  const acceptFile = Effect.fnUntraced(function* (request, response) {
    const { host } = request.url
    const error = statusError(host, response, yield* Clock.currentTimeMillis)
    if (error !== null) return yield* yield* withReason(error, request, response)
    const codings = yield* Effect.fromResult(responseCodings(host, response))
    const size = contentLength(response)
    if (size !== null && BigInt(size) > config.maxFileSize) {
      return yield* loadError(
        "source_too_large",
        `The file at ${host} has ${size} bytes, more than MAX_FILE_SIZE (${ByteSize.format(config.maxFileSize)}).`,
      )
    }
    return codings
  }) satisfies Accept<unknown>

  const requestFor = (url: SourceUrl, options: SourceOptions): SourceRequest => {
    const timeout = options.timeout === undefined ? null : Duration.seconds(options.timeout)
    const requested = fileOfShareLink(url) ?? url
    return firstRequest(requested, {
      headers: isSameOrigin(requested, url) ? (options.headers ?? {}) : {},
      timeout: timeout ?? config.sourceHeaderTimeout,
      maxPending: timeout ?? defaultMaxPending,
    })
  }

  /** The file of an accepted response. */
  const openAccepted = Effect.fnUntraced(function* (
    { zipEntry }: SourceOptions,
    original: SourceRequest,
    { connection, redirects, request, response }: Connected,
    codings: ReadonlyArray<CompressionFormat>,
  ) {
    const { host } = request.url
    const size = contentLength(response)
    yield* Effect.annotateCurrentSpan({
      "server.address": hostOf(request.url),
      "server.port": portOf(request.url),
      "http.response.status_code": response.status,
      ...(size === null ? {} : { "http.response.body.size": size }),
      "http.request.resend_count": redirects,
    })

    const { resume, resumes } = makeResumer({
      connect,
      file: resumableFile(response),
      original,
      located: request,
      policy: resumePolicy,
      scope: yield* Effect.scope,
    })
    const body = resumableBody(
      { host, connection, size, resume },
      {
        maxFileSize: config.maxFileSize,
        idleTimeout: config.sourceIdleTimeout,
        leastRate: config.sourceLeastRate,
        rateWindow,
      },
    )
    const { bytes, compression } = decompress({
      host,
      bytes: body.bytes,
      codings,
      zipEntry: zipEntry ?? null,
      endsWithConnection: endsWithConnection(response),
      received: body.received,
      maxDecodedSize: config.maxDecodedSize,
      expansion: { ratio: config.maxExpansion, beyond: expansionFloor },
    })
    const opened: OpenedSource = {
      bytesTotal: size,
      contentType: response.headers["content-type"] ?? null,
      fileName: servedFileName(request, response, yield* UrlMasking),
      bytes,
      bytesReceived: body.received,
      resumes,
      compression,
    }
    return opened
  })

  const open = Effect.fn("CsvSource.open")(function* (url: SourceUrl, options: SourceOptions) {
    yield* Effect.annotateCurrentSpan({ "url.full": masked(url, yield* UrlMasking) })
    const original = requestFor(url, options)
    const { accepted, ...connected } = yield* connect(original, () => ({}), acceptFile)
    return yield* openAccepted(options, original, connected, accepted)
  })

  const openIfChanged = Effect.fn("CsvSource.openIfChanged")(function* (
    url: SourceUrl,
    options: SourceOptions,
    known: KnownVersion,
  ) {
    yield* Effect.annotateCurrentSpan({ "url.full": masked(url, yield* UrlMasking) })
    const original = requestFor(url, options)
    const conditions = conditionsOf(known)
    const { accepted, ...connected } = yield* connect(original, conditions, (request, response) =>
      isNotModified(conditions(request.url), response) ? Effect.succeed(null) : acceptFile(request, response),
    )
    if (accepted === null) {
      yield* Effect.annotateCurrentSpan({ "http.response.status_code": connected.response.status })
      return yield* new FileUnchanged({ version: null })
    }
    const opened = yield* openAccepted(options, original, connected, accepted)
    const { bytes, contentHash } = hashing(opened.bytes)
    const validators = validatorsOf(connected)
    return {
      ...opened,
      bytes,
      version: () => {
        const hash = contentHash()
        return hash === null ? null : { ...validators, contentHash: hash }
      },
    }
  })

  return CsvSource.of({ open, openIfChanged })
})

/**
 * Downloads files over HTTP/1.1: sends the request, follows redirects, checks the response, reads the body, resumes it
 * after a broken connection, and decompresses it.
 *
 * Fails if a setting of destinations or `SOURCE_HOST_ALIASES` is malformed.
 */
export const layer = Layer.effect(CsvSource, make).pipe(Layer.provide(GuardedHttpClient.layer))
