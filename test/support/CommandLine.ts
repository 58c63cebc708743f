import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"

export interface CommandEnd {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Starts `sluice` as a process, without a terminal. It is killed when the scope closes. */
export const startSluice = Effect.fnUntraced(function* (
  arguments_: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["bin/sluice.js", ...arguments_], {
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
        stdio: ["pipe", "pipe", "pipe"],
      }),
    ),
    (child) => Effect.sync(() => void child.kill("SIGKILL")),
  )
  const ended = new Promise<number | string>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown")),
  )
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  /** Waits until standard error has said this. */
  const said = (part: string) =>
    Effect.callback<void>((resume) => {
      let seen = ""
      const read = (chunk: Buffer) => {
        seen += chunk.toString()
        if (!seen.includes(part)) return
        child.stderr.off("data", read)
        resume(Effect.void)
      }
      child.stderr.on("data", read)
    })
  return {
    stdin: child.stdin,
    said,
    interrupt: Effect.sync(() => void child.kill("SIGINT")),
    end: Effect.promise(async (): Promise<CommandEnd> => {
      const [exit, [stdout, stderr]] = await Promise.all([ended, output])
      return { exit, stdout, stderr }
    }),
  }
})

/** Runs `sluice` with nothing on standard input, and waits for its end. */
export const sluice = (
  arguments_: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
): Effect.Effect<CommandEnd> =>
  Effect.scoped(
    Effect.flatMap(startSluice(arguments_, environment), ({ end, stdin }) => {
      stdin.end()
      return end
    }),
  )
