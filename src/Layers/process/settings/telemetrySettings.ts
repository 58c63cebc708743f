import * as Config from "effect/Config"
import * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"
import { WebUrl } from "../../../Domain/source/SourceUrl.ts"
import { logFormats } from "../LogOutput.ts"
import { expecting } from "./readSettings.ts"
import { integer, integerBetween } from "./settingKinds.ts"

/** Values of `OTEL_TRACES_SAMPLER` (OpenTelemetry, "SDK environment variables"). */
const samplerNames = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const

const isSameWord = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A log level in any letter case. */
const LevelText = Schema.String.check(
  Schema.makeFilter((text) => LogLevel.values.some((level) => isSameWord(level, text))),
)

/** What the process reports about itself. */
export const telemetrySettings = {
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
  /** Headers of exports, `name=value,name=value`, which may have the collector's token. */
  otlpHeaders: Config.Redacted("OTEL_EXPORTER_OTLP_HEADERS").pipe(Config.option),
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
