import * as ByteSize from "effect/ByteSize"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Beyond this many connections for one file the parser is the limit. */
export const mostStreams = 4

const count = (key: string, fallback: number) =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1000 })),
    key,
  ).pipe(Config.withDefault(fallback))

const duration = (key: string, fallback: Duration.Duration) =>
  Config.schema(
    Schema.DurationFromString.check(
      Schema.makeFilter((given) => !Duration.isNegative(given) || "a duration cannot be negative"),
    ),
    key,
  ).pipe(Config.withDefault(fallback))

/** 0 takes any free port; the log names it. */
const port = (key: string, fallback: number) =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65535 })),
    key,
  ).pipe(Config.withDefault(fallback))

const list = (key: string) =>
  Config.Array(Schema.NonEmptyString, key).pipe(Config.withDefault([] as ReadonlyArray<string>))

const CopyStreams = Schema.Union([
  Schema.Literal("auto"),
  Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: mostStreams })),
])

/**
 * Every key the service reads from its environment, once, at start. An empty variable counts as absent; a
 * value that does not parse stops the process with the key's name. Durations are written `30 seconds`,
 * sizes `16 MiB`. The table in `docs/configuration.md` and `.env.example` list the same keys.
 */
const config = Config.all({
  /** Postgres to use, `postgres://user:password@host:port/database`. Absent: `npm start` brings its own. */
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  /** Folder of the embedded Postgres (`npm start` without `DATABASE_URL`). */
  dataDir: Config.NonEmptyString("DATA_DIR").pipe(Config.withDefault(".sluice")),
  /** Schema in which the loaded tables appear; created when missing. */
  targetSchema: Config.NonEmptyString("TARGET_SCHEMA").pipe(Config.withDefault("public")),
  /** Address the API listens on. */
  host: Config.NonEmptyString("HOST").pipe(Config.withDefault("127.0.0.1")),
  /** Port of the API. */
  port: port("PORT", 3000),
  /** Port of the sample file server that `npm start` brings. */
  fileserverPort: port("FILESERVER_PORT", 8000),
  /** Slots of a worker: jobs it runs at a time. */
  workerConcurrency: count("WORKER_CONCURRENCY", 4),
  /** Connections a load may use: `auto` (several for a large file), or a number from 1 to 4. */
  copyStreams: Config.schema(CopyStreams, "COPY_STREAMS").pipe(Config.withDefault("auto" as const)),
  /** How long running loads may go on after SIGTERM before they are given back. */
  shutdownGrace: duration("SHUTDOWN_GRACE", Duration.seconds(20)),
  /** Attempts a job gets before a failure that a retry might mend is final. */
  maxAttempts: count("MAX_ATTEMPTS", 5),
  /** How long the record of a job that has ended is kept; its table stays. */
  jobRetention: duration("JOB_RETENTION", Duration.days(90)),
  /** Largest file a worker downloads. */
  maxFileSize: Config.ByteSize("MAX_FILE_SIZE").pipe(Config.withDefault(ByteSize.tebibytes(1))),
  /** Largest file, and largest step on the way to it, that is made of a compressed one. */
  maxDecodedSize: Config.ByteSize("MAX_DECODED_SIZE").pipe(Config.withDefault(ByteSize.tebibytes(1))),
  /** Largest single record; a worker's memory per slot is a small multiple of it. */
  maxRecordSize: Config.ByteSize("MAX_RECORD_SIZE").pipe(Config.withDefault(ByteSize.mebibytes(16))),
  /** Longest wait for a source's connection and answer, per hop. */
  sourceHeaderTimeout: duration("SOURCE_HEADER_TIMEOUT", Duration.seconds(30)),
  /** Longest silence in the middle of a download. */
  sourceIdleTimeout: duration("SOURCE_IDLE_TIMEOUT", Duration.seconds(60)),
  /** Private destinations that may be fetched from all the same: `host`, `host:port` or CIDR, by comma. */
  allowedHosts: list("ALLOWED_HOSTS"),
  /** Hosts that are reached under another name, `localhost:8000=fileserver:8000`, by comma. */
  sourceHostAliases: list("SOURCE_HOST_ALIASES"),
  /** Keys of which each request for jobs must bring one, by comma; absent: the API asks for none. */
  apiKeys: Config.Array(Schema.RedactedFromValue(Schema.NonEmptyString), "API_KEYS").pipe(
    Config.withDefault([] as ReadonlyArray<Redacted.Redacted>),
  ),
  /** File whose modification time a worker renews as it goes on claiming; for health checks. */
  livenessFile: Config.NonEmptyString("LIVENESS_FILE").pipe(Config.option),
  /** Least severe level that is logged. */
  logLevel: Config.LogLevel("LOG_LEVEL").pipe(Config.withDefault("Info" as const)),
  /** `json` for one object per line, `pretty` for people. */
  logFormat: Config.Literals(["json", "pretty"], "LOG_FORMAT").pipe(Config.withDefault("json" as const)),
  /** OTLP/HTTP collector, `http://collector:4318`; absent: nothing is exported. */
  otlpEndpoint: Config.NonEmptyString("OTEL_EXPORTER_OTLP_ENDPOINT").pipe(Config.option),
  /** `service.name` of exported telemetry. */
  otelServiceName: Config.NonEmptyString("OTEL_SERVICE_NAME").pipe(Config.withDefault("sluice")),
})

/** The configuration of this process. */
export class AppConfig extends Context.Service<AppConfig, Config.Success<typeof config>>()(
  "sluice/Layers/AppConfig",
) {
  static readonly layer = Layer.effect(AppConfig, config)
}
