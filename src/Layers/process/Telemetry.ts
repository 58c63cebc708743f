import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { Otlp, OtlpSerialization } from "effect/observability"
import { AppConfig } from "./AppConfig.ts"

/** One JSON object per line, with the annotations at its top level and the ids of the current span. */
const jsonLines = Logger.withConsoleLog(
  Logger.make((options) => {
    const { annotations, cause, level, message, timestamp } = Logger.formatStructured.log(options)
    const span = Context.getOrUndefined(options.fiber.context, Tracer.ParentSpan)
    return JSON.stringify({
      timestamp,
      level,
      message,
      ...annotations,
      ...(cause === undefined ? {} : { cause }),
      ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }),
    })
  }),
)

/** OpenTelemetry's defaults ("Exporter Selection" in its specification). Effect's own default is to export nothing. */
const specifiedDefaults = {
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_LOGS_EXPORTER: "otlp",
}

/**
 * Logs to standard output. With `OTEL_EXPORTER_OTLP_ENDPOINT` set, also exports traces, metrics and logs by OTLP over
 * HTTP; OpenTelemetry's `OTEL_*` variables apply. Provide it last: layers built outside of it are not traced.
 */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const { logFormat, logLevel, otelServiceName, otlpEndpoint } = yield* AppConfig
    const logs = Layer.merge(
      Logger.layer([logFormat === "json" ? jsonLines : Logger.consolePretty()]),
      Layer.succeed(References.MinimumLogLevel, logLevel),
    )
    if (Option.isNone(otlpEndpoint)) return logs
    const exporters = Otlp.layerFromConfig({
      resource: { serviceName: otelServiceName },
      loggerMergeWithExisting: true,
    }).pipe(
      Layer.provide([OtlpSerialization.layerJson, NodeHttpClient.layerUndici]),
      Layer.provide(ConfigProvider.layerAdd(ConfigProvider.fromUnknown(specifiedDefaults))),
    )
    return Layer.provideMerge(exporters, logs)
  }),
)
