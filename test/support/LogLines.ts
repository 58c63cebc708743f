import * as Effect from "effect/Effect"

/** Lines of a log so far, for tests that wait for one of them. */
export interface LogLines<Line> {
  readonly lines: ReadonlyArray<Line>
  readonly add: (line: Line) => void
  /** Waits for the first line, earlier or later, that fits. */
  readonly logged: (fits: (line: Line) => boolean) => Effect.Effect<Line>
}

export const make = <Line>(): LogLines<Line> => {
  const lines: Array<Line> = []
  const waiting = new Set<(line: Line) => void>()
  return {
    lines,
    add: (line) => {
      lines.push(line)
      for (const offer of waiting) offer(line)
    },
    logged: (fits) =>
      Effect.callback<Line>((resume) => {
        const offer = (line: Line) => {
          if (!fits(line)) return
          waiting.delete(offer)
          resume(Effect.succeed(line))
        }
        waiting.add(offer)
        lines.forEach(offer)
        return Effect.sync(() => waiting.delete(offer))
      }),
  }
}
