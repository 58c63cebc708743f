import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { timingSafeEqual } from "node:crypto"
import { readFile } from "node:fs/promises"
import { ApiKeys } from "../../../Domain/service/ApiKeys.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { AppConfig } from "../AppConfig.ts"
import { messageOf } from "../describeFailure.ts"
import { digestOf } from "./KeySecret.ts"
import { type KnownKey, parseApiKeys } from "./parseApiKeys.ts"

/** A changed file takes effect after at most this time. Kubernetes and editors replace files, so watching one misses changes. */
const rereadInterval = Duration.seconds(2)

class NoApiKeys extends Schema.TaggedError<NoApiKeys>()("NoApiKeys", { message: Schema.String }) {}

const isExpired = ({ expiresAt }: KnownKey, now: number): boolean => expiresAt !== null && expiresAt <= now

const warnOfExpired = Effect.fnUntraced(function* (keys: ReadonlyArray<KnownKey>) {
  const now = yield* Clock.currentTimeMillis
  for (const key of keys)
    if (isExpired(key, now))
      yield* Effect.annotateLogs(Effect.logWarning("an API key has expired"), { caller: key.name })
})

/** Reads the file again when it has changed. If it is not as it should be, the keys stay as they were. */
const following = (file: string, replace: (keys: ReadonlyArray<KnownKey>) => void) => {
  const outage = OutageLog.make("API_KEYS_FILE cannot be read, the API keys stay as they were")
  let latest: string | undefined
  return Effect.gen(function* () {
    const text = yield* Effect.tryPromise(() => readFile(file, "utf8"))
    if (text !== latest) {
      const keys = yield* Effect.fromResult(parseApiKeys(text))
      replace(keys)
      yield* warnOfExpired(keys)
      if (latest !== undefined)
        yield* Effect.annotateLogs(Effect.logInfo("read the API keys again"), { keys: keys.length })
      latest = text
    }
    yield* outage.succeeded
  }).pipe(
    Effect.catch((error) =>
      outage.failed({ reason: typeof error === "string" ? error : messageOf(error.cause) }),
    ),
    Effect.repeat(Schedule.spaced(rereadInterval)),
    Effect.withTracerEnabled(false),
  )
}

/** @param current the keys of the moment. If there are none at first, none are required */
export const apiKeysOf = (current: () => ReadonlyArray<KnownKey>): ApiKeys["Service"] => {
  const required = current().length > 0
  return ApiKeys.of({
    required,
    isHeld: (name) =>
      Effect.map(
        Clock.currentTimeMillis,
        (now) => !required || current().some((key) => key.name === name && !isExpired(key, now)),
      ),
    find: Effect.fnUntraced(function* (secret) {
      const given = digestOf(Redacted.value(secret))
      const keys = current()
      // Compares with every key, so that the time does not depend on which one matches.
      const matches = keys.map(({ digest }) => timingSafeEqual(digest, given))
      const key = keys[matches.indexOf(true)]
      if (key === undefined) return Option.none()
      if (!isExpired(key, yield* Clock.currentTimeMillis)) return Option.some(key)
      yield* Effect.annotateLogs(Effect.logWarning("an expired API key was used"), { caller: key.name })
      return Option.none()
    }),
  })
}

/** `ApiKeys` from `API_KEYS`, or from `API_KEYS_FILE`, which may change. */
export const layer = Layer.effect(
  ApiKeys,
  Effect.gen(function* () {
    const { apiKeys, apiKeysFile } = yield* AppConfig
    let known = apiKeys
    if (Option.isSome(apiKeysFile)) {
      // Not an open API: someone wants keys to be needed.
      if (known.length === 0)
        return yield* new NoApiKeys({
          message: "API_KEYS_FILE has no key: add one (npm run key), or unset it",
        })
      yield* Effect.forkScoped(following(apiKeysFile.value, (keys) => (known = keys)))
    } else yield* warnOfExpired(known)
    return apiKeysOf(() => known)
  }),
)
