import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import { CsvSource } from "../../src/Domain/source/CsvSource.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import type { SourceOptions } from "../../src/Domain/load/options/SourceOptions.ts"
import type { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { AppConfig } from "../../src/Layers/process/AppConfig.ts"
import * as CsvSourceHttp from "../../src/Layers/source/CsvSourceHttp.ts"
import { make, NameResolver, type ResolveName } from "../../src/Layers/source/dns/NameResolver.ts"
import { FailureStep } from "../../src/Layers/source/guard/DestinationGuard.ts"
import { ResumePolicy, defaultPolicy } from "../../src/Layers/source/download/ResumePolicy.ts"

/** The addresses of each host, or an error code of the resolver. Other hosts are really resolved. */
type Hosts = Readonly<Record<string, ReadonlyArray<string> | string>>

const system = Effect.runSync(make())

const resolveIn =
  (hosts: Hosts): ResolveName =>
  (host) => {
    const found = hosts[host]
    if (found === undefined) return system(host)
    if (typeof found === "string") return Effect.fail(Object.assign(new Error(found), { code: found }))
    return Effect.succeed(found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })))
  }

/**
 * The source with these environment variables. By default `ALLOWED_HOSTS` is 127.0.0.1, resumes and failures have no
 * delay, and nothing below a warning is logged.
 */
export const layer = (
  environment: Readonly<Record<string, string>> = {},
  hosts: Hosts | ResolveName = {},
  policy: Partial<ResumePolicy> = {},
) =>
  CsvSourceHttp.layer.pipe(
    Layer.provide(AppConfig.layer),
    Layer.provide(
      ConfigProvider.layer(ConfigProvider.fromUnknown({ ALLOWED_HOSTS: "127.0.0.1", ...environment })),
    ),
    Layer.provide(Layer.succeed(NameResolver, typeof hosts === "function" ? hosts : resolveIn(hosts))),
    Layer.merge(Layer.succeed(References.MinimumLogLevel, "Warn")),
    Layer.provide(Layer.succeed(FailureStep, Duration.zero)),
    Layer.provide(Layer.succeed(ResumePolicy, { ...defaultPolicy, initialDelay: Duration.zero, ...policy })),
  )

export const open = Effect.fnUntraced(function* (url: SourceUrl, options: SourceOptions = {}) {
  const source = yield* CsvSource
  return yield* source.open(url, options)
})

export const text = (bytes: Stream.Stream<Uint8Array, LoadError>): Effect.Effect<string, LoadError> =>
  bytes.pipe(Stream.decodeText, Stream.mkString)

/** Fetches a whole file. */
export const fetchText = (url: SourceUrl, options: SourceOptions = {}) =>
  open(url, options).pipe(
    Effect.flatMap((source) => text(source.bytes)),
    Effect.scoped,
  )

/** The error of fetching a file. */
export const failure = (url: SourceUrl, options: SourceOptions = {}) => Effect.flip(fetchText(url, options))
