import { assert, describe, it, vi } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import * as LogOutput from "../../../src/Layers/process/LogOutput.ts"

const nextTurn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const written = (format: "json" | "pretty", log: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const spy = vi.spyOn(globalThis.console, "log").mockImplementation(() => undefined)
    yield* Effect.provide(log, LogOutput.layer(format), { local: true }).pipe(
      Effect.provideService(Console.Console, globalThis.console),
    )
    yield* nextTurn
    const lines = spy.mock.calls.map((values) => values.map((value) => inspect(value)).join(" "))
    spy.mockRestore()
    return lines.join("\n")
  })

describe("the log output", () => {
  it.effect.each(["json", "pretty"] as const)(
    "masks secrets of URLs in message, annotations and cause: %s",
    (format) =>
      Effect.gen(function* () {
        const url = "https://ann:s3cret@files.example/a.csv?token=s3cret"
        const output = yield* written(
          format,
          Effect.logError(`cannot read ${url}`, new Error(`no ${url}`)).pipe(
            Effect.annotateLogs({ url, nested: { url } }),
          ),
        )
        assert.include(output, "files.example/a.csv")
        assert.include(output, "nested")
        assert.notInclude(output, "s3cret")
      }),
  )

  it.effect("writes the lines of one turn together, in their order", () =>
    Effect.gen(function* () {
      const spy = vi.spyOn(globalThis.console, "log").mockImplementation(() => undefined)
      yield* Effect.provide(
        Effect.forEach([1, 2, 3], (n) => Effect.logInfo(`line ${n}`)),
        LogOutput.layer("json"),
      )
      yield* nextTurn
      const writes = spy.mock.calls.map(([text]) => String(text).split("\n"))
      spy.mockRestore()
      assert.deepStrictEqual(
        writes.map((lines) => lines.map((line) => JSON.parse(line).message)),
        [["line 1", "line 2", "line 3"]],
      )
    }),
  )
})
