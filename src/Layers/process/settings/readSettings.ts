import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { env } from "node:process"
import { mostSimilar } from "../../../Domain/load/options/mostSimilar.ts"
import { messageOf } from "../describeFailure.ts"
import { unsupportedPostgresVariables } from "./postgresVariables.ts"

/** Variables whose value is never shown. Each may be given as a file, `DATABASE_URL_FILE`. */
const secrets = [
  "DATABASE_URL",
  "TARGET_DATABASE_URL",
  "TARGET_DATABASES",
  "API_KEYS",
  "PGPASSWORD",
  "SECRETS_KEY",
  "SOURCE_PROXY",
  "WEBHOOK_SECRETS",
  "OTEL_EXPORTER_OTLP_HEADERS",
]

/** Variables of the environment have wrong values. */
class SettingsInvalid extends Schema.TaggedError<SettingsInvalid>()("SettingsInvalid", {
  message: Schema.String,
}) {}

/** Names what is expected when the value is wrong, after `expected`. Apply it last. */
export const expecting =
  (expected: string) =>
  <A>(config: Config.Config<A>): Config.Config<A> =>
    Config.orElse(config, ({ cause }) =>
      Config.fail(
        cause._tag === "SourceError"
          ? cause
          : new ConfigProvider.SourceError({ message: `expected ${expected}` }),
      ),
    )

const problem = (message: string) => Effect.fail(new ConfigProvider.SourceError({ message }))

const hasCredentials = (text: string): boolean => /:\/\/[^/]*@/.test(text)

const valueOf = (node: ConfigProvider.Node | undefined): string | undefined => node?.value

/** A file's error of Node without the path, which may be the secret itself by mistake. */
const withoutPath = (message: string): string => message.replace(/, \w+ '[^]*$/, "")

/** A provider that also reads the files of secrets. */
const withSecretFiles = (provider: ConfigProvider.ConfigProvider): ConfigProvider.ConfigProvider =>
  ConfigProvider.make(
    Effect.fnUntraced(function* (path) {
      const key = String(path[0])
      if (!secrets.includes(key)) return yield* provider.load(path)
      const file = valueOf(yield* provider.load([`${key}_FILE`])) ?? ""
      if (file === "") return yield* provider.load(path)
      if ((valueOf(yield* provider.load([key])) ?? "") !== "")
        return yield* problem(`is set, and so is ${key}_FILE; remove one of them`)
      const content = yield* Effect.try({
        try: () => readFileSync(file, "utf8").replace(/\r?\n$/, ""),
        catch: (cause) =>
          new ConfigProvider.SourceError({
            message: `cannot be read from the path in ${key}_FILE: ${withoutPath(messageOf(cause))}`,
          }),
      })
      return yield* ConfigProvider.fromEnv({ env: { [key]: content } }).load(path)
    }),
  )

/** `SchemaError(Expected an integer\n  at ["PORT"])` → `expected an integer` */
const readable = (message: string): string =>
  message
    .replace(/^SchemaError\(/, "")
    .replace(/\n[^]*$/, "")
    .replace(/^Expected /, "expected ")

/**
 * The variable of Sluice that this name misspells by at most two characters. Names that other programs read, and short ones
 * (`HOST`, to which `POST` is similar), are no evidence.
 */
export const misspelt = (name: string, known: Iterable<string>): string | undefined =>
  ofOthers.test(name)
    ? undefined
    : mostSimilar(
        name,
        [...known].filter((each) => each.includes("_") && !ofOthers.test(each)),
        2,
      )

const ofOthers = /^(?:OTEL_|PG|npm_)/

/** Warns of variables without effect: misspelt ones, and those of libpq that Sluice does not support. */
const warnOfIgnored = (known: ReadonlySet<string>) =>
  Effect.forEach(
    Object.keys(env).filter((name) => !known.has(name)),
    (name) => {
      if (unsupportedPostgresVariables.includes(name))
        return Effect.logWarning(`${name} has no effect: Sluice does not support it`)
      const similar = misspelt(name, known)
      return similar === undefined || env[similar] !== undefined
        ? Effect.void
        : Effect.logWarning(`${name} is no variable of Sluice; did you mean ${similar}?`)
    },
    { discard: true },
  )

/** Reads all settings, or fails with one line for all wrong ones. */
export const readSettings = <A>(
  settings: Readonly<Record<string, Config.Config<unknown>>>,
  all: Config.Config<A>,
): Effect.Effect<A, SettingsInvalid | Config.ConfigError> =>
  Effect.gen(function* () {
    const provider = withSecretFiles(yield* ConfigProvider.ConfigProvider)
    const known = new Set(secrets.map((key) => `${key}_FILE`))
    const problems: Array<string> = []
    for (const setting of Object.values(settings)) {
      let key = ""
      const recording = ConfigProvider.make((path) => {
        key = String(path[0])
        known.add(key)
        return provider.load(path)
      })
      const result = yield* Effect.result(setting.parse(recording))
      if (Result.isSuccess(result)) continue
      const value = yield* Effect.orElseSucceed(Effect.map(provider.load([key]), valueOf), () => undefined)
      const isSecret = secrets.includes(key) || hasCredentials(value ?? "")
      const shown = value === undefined ? "" : `=${isSecret ? "***" : value}`
      problems.push(`${key}${shown}: ${readable(result.failure.cause.message)}`)
    }
    yield* warnOfIgnored(known)
    if (problems.length > 0)
      return yield* new SettingsInvalid({ message: `wrong configuration: ${problems.join("; ")}` })
    return yield* all.parse(provider)
  })
