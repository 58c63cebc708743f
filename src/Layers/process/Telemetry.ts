import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import * as Exporters from "../telemetry/Exporters.ts"
import type { Role } from "../telemetry/resourceAttributes.ts"
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

/**
 * Logs to standard output. With `OTEL_EXPORTER_OTLP_ENDPOINT` set, also exports traces, metrics and logs by OTLP over
 * HTTP; OpenTelemetry's `OTEL_*` variables apply. Provide it last: layers built outside of it are not traced.
 */
export const layer = (role: Role) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { logFormat, logLevel } = yield* AppConfig
      const logs = Layer.merge(
        Logger.layer([logFormat === "json" ? jsonLines : Logger.consolePretty()]),
        Layer.succeed(References.MinimumLogLevel, logLevel),
      )
      return Layer.provideMerge(Exporters.layer(role), logs)
    }),
  )
