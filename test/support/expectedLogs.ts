import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

/** Omits these messages, which the test causes on purpose, from its output. All other messages are printed. */
export const expectedLogs = (...messages: ReadonlyArray<string>): Layer.Layer<never> =>
  Logger.layer([
    Logger.make((options) => {
      const { message } = options
      const text = String(Array.isArray(message) ? message[0] : message)
      if (!messages.includes(text)) Logger.defaultLogger.log(options)
    }),
  ])
