import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { Otlp } from "effect/observability"
import { AppConfig } from "../process/AppConfig.ts"
import * as ConventionalSerialization from "./ConventionalSerialization.ts"
import { conventional } from "./ConventionalTracer.ts"
import * as ExportClient from "./ExportClient.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"
import { resourceAttributes, type Role } from "./resourceAttributes.ts"
import { sampler } from "./Sampler.ts"

/** OpenTelemetry's defaults ("Exporter Selection" in its specification). Effect's own default is to export nothing. */
const specifiedDefaults = {
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_LOGS_EXPORTER: "otlp",
}

/** Metrics of the process. Exports traces, metrics and logs too, if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. */
export const layer = (role: Role) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const config = yield* AppConfig
      const { "service.name": serviceName, ...attributes } = resourceAttributes(role, {
        attributes: config.otelResourceAttributes,
        serviceName: Option.getOrUndefined(config.otelServiceName),
      })
      const processMetrics = ProcessMetrics.layer(attributes)
      const isSampled = sampler(config.otelTracesSampler, config.otelTracesSamplerArg)
      if (Option.isNone(config.otlpEndpoint)) {
        // Nothing is exported, but durations of statements are measured.
        const tracer = Layer.succeed(Tracer.Tracer, conventional(Tracer.nativeTracer, isSampled))
        return Layer.merge(tracer, processMetrics)
      }
      const tracer = Layer.effect(
        Tracer.Tracer,
        Effect.gen(function* () {
          const stop = yield* ExportClient.ExportStop
          // This layer is built after the exporters, so it is closed before them.
          yield* Effect.addFinalizer(() => stop.begin)
          return conventional(yield* Tracer.Tracer, isSampled)
        }),
      )
      return Layer.merge(tracer, processMetrics).pipe(
        Layer.provideMerge(
          Otlp.layerFromConfig({ resource: { serviceName, attributes }, loggerMergeWithExisting: true }),
        ),
        Layer.provide(ExportClient.layer(Duration.millis(config.otelExportTimeout))),
        Layer.provide([ConventionalSerialization.layer, NodeHttpClient.layerUndici]),
        Layer.provide(
          ConfigProvider.layerAdd(
            ConfigProvider.fromUnknown({
              ...specifiedDefaults,
              // From a file.
              ...Option.match(config.otlpHeaders, {
                onNone: () => ({}),
                onSome: (headers) => ({ OTEL_EXPORTER_OTLP_HEADERS: Redacted.value(headers) }),
              }),
            }),
          ),
        ),
      )
    }),
  )
