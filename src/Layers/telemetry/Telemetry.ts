import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Exporters from "./Exporters.ts"
import type { Role } from "./resourceAttributes.ts"
import { AppConfig } from "../process/AppConfig.ts"
import * as LogOutput from "../process/LogOutput.ts"

/**
 * Logs to standard output. With `OTEL_EXPORTER_OTLP_ENDPOINT` set, also exports traces, metrics and logs by OTLP over
 * HTTP; OpenTelemetry's `OTEL_*` variables apply. Provide it last: layers built outside of it are not traced.
 */
export const layer = (role: Role) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { logFormat, logLevel } = yield* AppConfig
      const logs = Layer.merge(
        LogOutput.layer(logFormat),
        Layer.succeed(References.MinimumLogLevel, logLevel),
      )
      return Layer.provideMerge(Exporters.layer(role), logs)
    }),
  )
