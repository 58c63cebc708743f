import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import { visible } from "./visible.ts"

const clearLine = "\r\u001B[2K"

/** Between two lines of progress where a line cannot be overwritten. */
const quietMillis = 10_000

/** Standard error: messages for people, and a line of progress below them. Standard output has only data. */
export class Screen extends Context.Service<
  Screen,
  {
    readonly say: (message: string) => Effect.Effect<void>
    /**
     * Shows how far something is. On a terminal it replaces the last progress. Elsewhere it is a line of its own, and comes
     * only with another `topic` or after ten seconds.
     *
     * @param topic `null`: what the command says at its end anyway, so that there only the ten seconds count
     */
    readonly progress: (topic: string | null, line: string) => Effect.Effect<void>
    /** Removes the progress from a terminal. */
    readonly clear: Effect.Effect<void>
  }
>()("sluice/Cli/Screen") {
  static readonly layer = Layer.effect(
    Screen,
    Effect.gen(function* () {
      const { stderr, stderrIsTerminal } = yield* Stdio.Stdio
      const { columns } = yield* Terminal.Terminal
      const term = yield* Config.option(Config.String("TERM"))
      const canOverwrite = (yield* stderrIsTerminal) && !Option.contains(term, "dumb")
      // Nobody reads what a closed pipe does not take.
      const write = (text: string) =>
        Effect.ignore(Stream.run(Stream.make(text), stderr({ endOnDone: false })))
      let shown = ""
      let topicShown: string | null = null
      let shownAt = yield* Clock.currentTimeMillis

      const clear = Effect.suspend(() => {
        const text = shown === "" ? "" : clearLine
        shown = ""
        return text === "" ? Effect.void : write(text)
      })
      const overwrite = Effect.fnUntraced(function* (line: string) {
        const fitting = line.slice(0, Math.max(20, (yield* columns) - 1))
        if (fitting === shown) return
        shown = fitting
        yield* write(`${clearLine}${fitting}`)
      })
      const addLine = Effect.fnUntraced(function* (topic: string | null, line: string) {
        const now = yield* Clock.currentTimeMillis
        if (topic === topicShown && now - shownAt < quietMillis) return
        topicShown = topic
        shownAt = now
        yield* write(`${line}\n`)
      })
      return Screen.of({
        clear,
        say: (message) => Effect.andThen(clear, write(`${visible(message)}\n`)),
        progress: (topic, line) => (canOverwrite ? overwrite(visible(line)) : addLine(topic, visible(line))),
      })
    }),
  )
}
