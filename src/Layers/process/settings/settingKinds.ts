import * as ByteSize from "effect/ByteSize"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expecting } from "./readSettings.ts"

export const integerBetween = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }))

export const integer = (key: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(integerBetween(minimum, maximum), key).pipe(
    Config.withDefault(fallback),
    expecting(`a whole number from ${minimum} to ${maximum}`),
  )

export const port = (key: string, fallback: number) => integer(key, fallback, 0, 65535)

const DurationWithUnit = Schema.DurationFromString.check(
  Schema.makeFilter((given) => !Duration.isNegative(given)),
)

export const duration = (key: string, fallback: Duration.Duration) =>
  Config.schema(DurationWithUnit, key).pipe(
    Config.withDefault(fallback),
    expecting('a duration with its unit, such as "30 seconds"'),
  )

/** `unlimited` is an infinite duration. */
export const durationOrUnlimited = (key: string, fallback: Duration.Duration) =>
  Config.schema(Schema.Union([Schema.Literal("unlimited"), DurationWithUnit]), key).pipe(
    Config.map((given) => (given === "unlimited" ? Duration.infinity : given)),
    Config.withDefault(fallback),
    expecting('a duration with its unit, such as "30 seconds", or unlimited'),
  )

/** `KB`, which more people write than `kB`, the name that `ByteSize` knows. */
const kilobytes = (key: string) =>
  Config.map(Config.schema(Schema.String.check(Schema.isPattern(/^\d{1,12} ?KB$/)), key), (text) =>
    ByteSize.kilobytes(Number.parseInt(text, 10)),
  )

export const size = (key: string, fallback: ByteSize.ByteSize) =>
  Config.ByteSize(key).pipe(
    Config.orElse(() => kilobytes(key)),
    Config.withDefault(fallback),
    expecting('a size with its unit, such as "16 MiB" or "100 bytes"'),
  )

export const flag = (key: string) =>
  Config.Boolean(key).pipe(Config.withDefault(false), expecting("true or false"))

/** @param parse returns `null` for a wrong value */
export const parsed = <A>(key: string, parse: (text: string) => A | null, fallback: A, expected: string) =>
  Config.String(key).pipe(
    Config.mapEffect((text) => {
      const value = parse(text)
      if (value !== null) return Effect.succeed(value)
      const cause = new ConfigProvider.SourceError({ message: `expected ${expected}` })
      return Effect.fail(new Config.ConfigError(cause))
    }),
    Config.withDefault(fallback),
  )

/** Entries with commas between them; absent: none. */
export const list = (
  key: string,
  entry: Schema.String = Schema.NonEmptyString,
  expected = "entries with commas between them, none of them empty",
) => Config.Array(entry, key).pipe(Config.withDefault([] as ReadonlyArray<string>), expecting(expected))
