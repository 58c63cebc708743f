import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as LogLines from "./LogLines.ts"

/** A line that the code under test has logged. */
export interface TestLogLine {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** What was logged at any level, in place of the console. */
export class TestLog extends Context.Service<
  TestLog,
  Pick<LogLines.LogLines<TestLogLine>, "lines" | "logged">
>()("sluice/test/support/TestLog") {
  static readonly layer = Layer.unwrap(
    Effect.sync(() => {
      const { add, lines, logged } = LogLines.make<TestLogLine>()
      const logger = Logger.map(Logger.formatStructured, ({ annotations, level, message }) => {
        const text = Array.isArray(message) ? message[0] : message
        add({ level, message: String(text), annotations })
      })
      return Layer.mergeAll(
        Layer.succeed(TestLog, TestLog.of({ lines, logged })),
        Logger.layer([logger]),
        Layer.succeed(References.MinimumLogLevel, "Trace"),
      )
    }),
  )
}
