import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { inheritedEnvironment } from "./inheritedEnvironment.ts"
import { programFile } from "./programFile.ts"

export interface CommandEnd {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Makes a process take itself for one of another version of Node, of which its children know nothing. */
const pretend = (version: string): ReadonlyArray<string> => [
  "--import",
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"${version}"}})`,
]

/**
 * Starts `sluice` as a process, without a terminal. It is killed when the scope closes.
 *
 * @param nodeVersion on which the launcher believes to run; without it, the launcher is left out
 */
export const startSluice = Effect.fnUntraced(function* (
  arguments_: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
  nodeVersion?: string,
) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(
        process.execPath,
        [
          ...(nodeVersion === undefined
            ? [programFile("sluice")]
            : [...pretend(nodeVersion), "bin/sluice.js"]),
          ...arguments_,
        ],
        {
          env: { ...inheritedEnvironment(), ...environment },
          stdio: ["pipe", "pipe", "pipe"],
        },
      ),
    ),
    (child) => Effect.sync(() => void child.kill("SIGKILL")),
  )
  // What a command that has ended does not read.
  child.stdin.on("error", () => {})
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
