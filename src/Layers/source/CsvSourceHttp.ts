import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { CsvSource, type OpenedSource } from "../../Domain/source/CsvSource.ts"
import * as HostAliases from "../../Domain/source/HostAliases.ts"
import { hostOf, portOf } from "../../Domain/source/HostAndPort.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { masked, type SourceUrl } from "../../Domain/source/SourceUrl.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { unpacked } from "./decompress/UnpackedBytes.ts"
import { askThrough, type Judge } from "./request/Answers.ts"
import { bodyOf } from "./download/Body.ts"
import { contentEncoding } from "./request/ContentEncoding.ts"
import { declaredSize, mayBeCutOff, oversize } from "./request/DeclaredSize.ts"
import * as GuardedHttpClient from "./guard/GuardedHttpClient.ts"
import { firstHop } from "./request/Hop.ts"
import { connectThrough } from "./download/Leg.ts"
import { refusal } from "./request/Refusal.ts"
import { resumableFile } from "./request/RestOfFile.ts"
import { ResumePolicy } from "./download/ResumePolicy.ts"
import { resumption } from "./download/Resumption.ts"

const failOn = (error: LoadError | null): Effect.Effect<void, LoadError> =>
  error === null ? Effect.void : Effect.fail(error)

const make = Effect.gen(function* () {
  const config = yield* AppConfig
  const policy = yield* ResumePolicy
  const aliases = yield* Effect.fromResult(HostAliases.parse(config.sourceHostAliases))
  const ask = askThrough(yield* HttpClient.HttpClient, { aliases, headerTimeout: config.sourceHeaderTimeout })
  const connect = connectThrough(ask, config.sourceIdleTimeout)

  /** Takes the answer that begins the file; its verdict is how the body is unpacked. */
  const judge = Effect.fnUntraced(function* ({ url }, response) {
    yield* failOn(refusal(url.host, response, yield* Clock.currentTimeMillis))
    const codings = yield* Effect.fromResult(contentEncoding(url.host, response))
    yield* failOn(oversize(url.host, declaredSize(response), config.maxFileSize))
    return codings
  }) satisfies Judge<unknown>

  const open = Effect.fn("CsvSource.open")(function* (url: SourceUrl) {
    yield* Effect.annotateCurrentSpan({ "url.full": masked(url) })
    const original = firstHop(url)
    const { hop, leg, redirects, response, verdict: codings } = yield* connect(original, null, judge)
    const { host } = hop.url
    const bytesTotal = declaredSize(response)
    const { resume, resumes } = resumption({
      connect,
      file: resumableFile(response),
      original,
      found: hop,
      policy,
      scope: yield* Effect.scope,
    })
    const body = bodyOf(
      { host, leg, declared: bytesTotal, resume },
      { maxFileSize: config.maxFileSize, idleTimeout: config.sourceIdleTimeout },
    )
    const { bytes, compression } = unpacked({
      host,
      bytes: body.bytes,
      codings,
      mayBeCutOff: mayBeCutOff(response),
      received: body.received,
      maxDecodedSize: config.maxDecodedSize,
    })
    yield* Effect.annotateCurrentSpan({
      "server.address": hostOf(hop.url),
      "server.port": portOf(hop.url),
      "http.response.status_code": response.status,
      ...(bytesTotal === null ? {} : { "http.response.body.size": bytesTotal }),
      "http.request.resend_count": redirects,
    })
    const opened: OpenedSource = {
      bytesTotal,
      contentType: response.headers["content-type"] ?? null,
      bytes,
      bytesReceived: body.received,
      resumes,
      compression,
    }
    return opened
  })

  return CsvSource.of({ open })
})

/**
 * Downloads over HTTP/1.1 with undici. Redirects are followed one hop at a time, each under the same rules:
 * http or https, aliases, address policy, header timeout. A download that breaks off is gone on with where it
 * stopped, if the server's answers prove that it is the same file. What comes compressed is decompressed.
 *
 * Fails with `InvalidAllowedHost` or `InvalidHostAlias` when `ALLOWED_HOSTS` or `SOURCE_HOST_ALIASES` is
 * malformed.
 */
export const layer = Layer.effect(CsvSource, make).pipe(Layer.provide(GuardedHttpClient.layer))
