import * as ByteSize from "effect/ByteSize"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { logFormats } from "./LogOutput.ts"
import { postgresDefaults } from "./postgresVariables.ts"
import { expecting, readSettings } from "./readSettings.ts"

/** With more connections for one file, the parser would be the limit. */
export const maxCopyStreams = 4

const integerBetween = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }))

const integer = (key: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(integerBetween(minimum, maximum), key).pipe(
    Config.withDefault(fallback),
    expecting(`a whole number from ${minimum} to ${maximum}`),
  )

const port = (key: string, fallback: number) => integer(key, fallback, 0, 65535)

const duration = (key: string, fallback: Duration.Duration) =>
  Config.schema(
    Schema.DurationFromString.check(Schema.makeFilter((given) => !Duration.isNegative(given))),
    key,
  ).pipe(Config.withDefault(fallback), expecting('a duration with its unit, such as "30 seconds"'))

const size = (key: string, fallback: ByteSize.ByteSize) =>
  Config.ByteSize(key).pipe(
    Config.withDefault(fallback),
    expecting('a size with its unit, such as "16 MiB" or "100 bytes"'),
  )

const list = (key: string) =>
  Config.Array(Schema.NonEmptyString, key).pipe(
    Config.withDefault([] as ReadonlyArray<string>),
    expecting("entries with commas between them, none of them empty"),
  )

/** Values of `OTEL_TRACES_SAMPLER` (OpenTelemetry, "SDK environment variables"). */
const samplerNames = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const

const CopyStreams = Schema.Union([Schema.Literal("auto"), integerBetween(1, maxCopyStreams)])

/** Text for a comment of a header (RFC 9110, 5.6.5). */
const ContactText = Schema.String.check(Schema.isPattern(/^[!-'*-[\]-~]+$/))

const WebUrl = Schema.String.check(
  Schema.makeFilter((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? "")),
)

const isSameWord = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A log level in any letter case. */
const LevelText = Schema.String.check(
  Schema.makeFilter((text) => LogLevel.values.some((level) => isSameWord(level, text))),
)

/**
 * Every variable that the service reads from its environment, once, at start. An empty variable counts as absent.
 * A value that does not parse stops the process with a message that names the variable. `docs/configuration.md` and
 * `.env.example` list the same variables.
 */
const settings = {
  /** Postgres, `postgres://user:password@host:port/database`. If absent, `npm start` starts its own. */
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  /** What it leaves out, by libpq's names of parameters. */
  databaseDefaults: postgresDefaults,
  /** Folder of the embedded Postgres. */
  dataDir: Config.NonEmptyString("DATA_DIR").pipe(Config.withDefault(".sluice")),
  /** Schema for the loaded tables; created if missing. */
  targetSchema: Config.NonEmptyString("TARGET_SCHEMA").pipe(Config.withDefault("public")),
  /** Address the API listens on. */
  host: Config.NonEmptyString("HOST").pipe(Config.withDefault("127.0.0.1")),
  /** Port of the API; 0 takes any free port. */
  port: port("PORT", 3000),
  /** Port of the sample file server of `npm start`; 0 takes any free port. */
  fileserverPort: port("FILESERVER_PORT", 8000),
  /** Slots: jobs that a worker runs at a time. */
  workerConcurrency: integer("WORKER_CONCURRENCY", 4, 1, 1000),
  /** Connections that load one file; `auto` uses several for a large file. */
  copyStreams: Config.schema(CopyStreams, "COPY_STREAMS").pipe(
    Config.withDefault("auto" as const),
    expecting(`auto or a number from 1 to ${maxCopyStreams}`),
  ),
  /** Time that running loads get after SIGTERM before they are returned to the queue. */
  shutdownGrace: duration("SHUTDOWN_GRACE", Duration.seconds(20)),
  /** Attempts of a job before a retryable failure is final. */
  maxAttempts: integer("MAX_ATTEMPTS", 5, 1, 1000),
  /** How long the record and the rejects of a finished job are kept; its table stays. */
  jobRetention: duration("JOB_RETENTION", Duration.days(90)),
  /** Largest file to download. */
  maxFileSize: size("MAX_FILE_SIZE", ByteSize.tebibytes(1)),
  /** Largest output of each decompression step. */
  maxDecodedSize: size("MAX_DECODED_SIZE", ByteSize.tebibytes(1)),
  /** Largest record without its line ending; a worker's memory per slot is a small multiple of it. */
  maxRecordSize: size("MAX_RECORD_SIZE", ByteSize.mebibytes(16)),
  /** Longest wait for a source's connection and response header, for each redirect. */
  sourceHeaderTimeout: duration("SOURCE_HEADER_TIMEOUT", Duration.seconds(30)),
  /** Longest time without data during a download. */
  sourceIdleTimeout: duration("SOURCE_IDLE_TIMEOUT", Duration.seconds(60)),
  /** URL or address in the `User-Agent`, for operators of sources who want to contact you. */
  userAgentContact: Config.schema(ContactText, "USER_AGENT_CONTACT").pipe(
    Config.option,
    expecting("a URL or an address, without blanks and parentheses"),
  ),
  /** Sources that are allowed although their address is not public: `host`, `host:port`, address or CIDR. */
  allowedHosts: list("ALLOWED_HOSTS"),
  /** Hosts that are reached under another name, `localhost:8000=fileserver:8000`. */
  sourceHostAliases: list("SOURCE_HOST_ALIASES"),
  /** If any are set, requests about jobs and files need one of them. */
  apiKeys: Config.Array(Schema.RedactedFromValue(Schema.NonEmptyString), "API_KEYS").pipe(
    Config.withDefault([] as ReadonlyArray<Redacted.Redacted>),
    expecting("keys with commas between them, none of them empty"),
  ),
  /** File that a worker writes once a second while it claims jobs, for health checks. */
  livenessFile: Config.NonEmptyString("LIVENESS_FILE").pipe(Config.option),
  /** Port on which a worker serves `/metrics`; absent: none. */
  metricsPort: Config.schema(integerBetween(0, 65535), "METRICS_PORT").pipe(
    Config.option,
    expecting("a whole number from 0 to 65535"),
  ),
  /** Least severe level that is logged. */
  logLevel: Config.schema(LevelText, "LOG_LEVEL").pipe(
    Config.map((text) => LogLevel.values.find((level) => isSameWord(level, text)) ?? "Info"),
    Config.withDefault("Info" as const),
    expecting(LogLevel.values.join(", ")),
  ),
  /** `json` for one object per line, `pretty` for people, `auto` for pretty on a terminal and JSON elsewhere. */
  logFormat: Config.Literals(logFormats, "LOG_FORMAT").pipe(Config.withDefault("auto" as const)),
  /** OTLP/HTTP collector, `http://collector:4318`. If absent, nothing is exported. */
  otlpEndpoint: Config.schema(WebUrl, "OTEL_EXPORTER_OTLP_ENDPOINT").pipe(
    Config.option,
    expecting("a URL such as http://collector:4318"),
  ),
  /** `service.name` of exported telemetry. */
  otelServiceName: Config.NonEmptyString("OTEL_SERVICE_NAME").pipe(Config.option),
  /** Further attributes of the resource, `key=value,key=value`, percent-encoded. */
  otelResourceAttributes: Config.Record(
    Schema.StringFromUriComponent,
    Schema.StringFromUriComponent,
    "OTEL_RESOURCE_ATTRIBUTES",
    { trim: true, keepEmptyValues: true },
  ).pipe(Config.withDefault<Readonly<Record<string, string>>>({})),
  /** Milliseconds that one export may take. */
  otelExportTimeout: integer("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1, 3_600_000),
  /** Which traces are exported. */
  otelTracesSampler: Config.Literals(samplerNames, "OTEL_TRACES_SAMPLER").pipe(
    Config.withDefault("parentbased_always_on" as const),
  ),
  /** The part of the traces that `traceidratio` exports, 0 to 1. */
  otelTracesSamplerArg: Config.schema(
    Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    "OTEL_TRACES_SAMPLER_ARG",
  ).pipe(Config.withDefault(1)),
}

const config = Config.all(settings)

/** The configuration of this process. */
export class AppConfig extends Context.Service<AppConfig, Config.Success<typeof config>>()(
  "sluice/Layers/AppConfig",
) {
  static readonly layer = Layer.effect(AppConfig, readSettings(settings, config))
}
