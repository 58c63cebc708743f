import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"

/** A line that the code under test has logged. */
export interface TestLogLine {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** What was logged at any level, in place of the console. */
export class TestLog extends Context.Service<
  TestLog,
  {
    readonly lines: ReadonlyArray<TestLogLine>
    /** Waits for the first line, earlier or later, that fits. */
    readonly logged: (fits: (line: TestLogLine) => boolean) => Effect.Effect<TestLogLine>
  }
>()("sluice/test/support/TestLog") {
  static readonly layer = Layer.unwrap(
    Effect.sync(() => {
      const lines: Array<TestLogLine> = []
      const waiting = new Set<(line: TestLogLine) => void>()
      const logger = Logger.map(Logger.formatStructured, ({ annotations, level, message }) => {
        const text = Array.isArray(message) ? message[0] : message
        const line = { level, message: String(text), annotations }
        lines.push(line)
        for (const offer of waiting) offer(line)
      })
      const logged = (fits: (line: TestLogLine) => boolean) =>
        Effect.callback<TestLogLine>((resume) => {
          const offer = (line: TestLogLine) => {
            if (!fits(line)) return
            waiting.delete(offer)
            resume(Effect.succeed(line))
          }
          waiting.add(offer)
          lines.forEach(offer)
          return Effect.sync(() => void waiting.delete(offer))
        })
      return Layer.mergeAll(
        Layer.succeed(TestLog, TestLog.of({ lines, logged })),
        Logger.layer([logger]),
        Layer.succeed(References.MinimumLogLevel, "Trace"),
      )
    }),
  )
}
