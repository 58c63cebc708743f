import { inspect } from "node:util"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Tracer from "effect/Tracer"
import { maskedText, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { sourcePlaces } from "./sourcePlaces.ts"

let waiting: Array<string> = []

const writeWaiting = (): void => {
  if (waiting.length === 0) return
  const lines = waiting.join("\n")
  waiting = []
  globalThis.console.log(lines)
}
process.once("exit", writeWaiting)

/**
 * Writes the lines of one turn of the event loop together, and the last ones when the process exits. Each write waits for the
 * operating system and wakes the reader, which costs more than all else about a line.
 */
const writeLine = (line: string): void => {
  if (waiting.push(line) === 1) setImmediate(writeWaiting)
}

/**
 * One JSON object per line, with the annotations at its top level and the ids of the current span. Secrets of URLs are
 * masked once more, because messages of libraries and servers may repeat a URL.
 */
const jsonLines = Logger.make((options): void => {
  const { annotations, cause, level, message, timestamp } = Logger.formatStructured.log(options)
  const span = Context.getOrUndefined(options.fiber.context, Tracer.ParentSpan)
  const masking = Context.get(options.fiber.context, UrlMasking)
  const line = {
    timestamp,
    level,
    message,
    ...annotations,
    ...(cause === undefined ? {} : { cause: sourcePlaces(cause) }),
    ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }),
  }
  writeLine(
    JSON.stringify(line, (_, value: unknown) =>
      typeof value === "string" ? maskedText(value, masking) : value,
    ),
  )
})

/** A console that masks secrets of URLs in what it writes. */
const maskingConsole = (masking: UrlMasking): Console.Console => {
  const shown = (values: ReadonlyArray<unknown>) =>
    values.map((value) =>
      maskedText(sourcePlaces(typeof value === "string" ? value : inspect(value)), masking),
    )
  return {
    ...globalThis.console,
    log: (...values) => globalThis.console.log(...shown(values)),
    error: (...values) => globalThis.console.error(...shown(values)),
  }
}

export const logFormats = ["auto", "json", "pretty"] as const

/** Writes log lines to standard output. `auto`, like any unknown format, means pretty on a terminal and JSON elsewhere. */
export const layer = (format: string | undefined) =>
  format === "pretty" || (format !== "json" && process.stdout.isTTY === true)
    ? Layer.merge(
        Logger.layer([Logger.consolePretty()]),
        Layer.effect(Console.Console, Effect.map(UrlMasking, maskingConsole)),
      )
    : Logger.layer([jsonLines])

/** By `LOG_FORMAT` alone, for a process whose other configuration may be wrong. */
export const layerConfig = Layer.unwrap(
  Config.String("LOG_FORMAT").pipe(
    Effect.orElseSucceed(() => undefined),
    Effect.map(layer),
  ),
)
