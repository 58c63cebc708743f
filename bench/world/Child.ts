import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { BenchFailure } from "../BenchFailure.ts"

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (hasEnded(child)) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
  })

/** Asks the process to stop, and makes it when it takes long. */
const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.sync(() => child.kill("SIGTERM")).pipe(
    Effect.andThen(ended(child)),
    Effect.timeoutOrElse({
      duration: "15 seconds",
      orElse: () => Effect.sync(() => child.kill("SIGKILL")).pipe(Effect.andThen(ended(child))),
    }),
  )

/** A process as the bench starts it: nothing of the caller's environment gets in but what is named. */
export interface Command {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  /** What the process reads from its standard input. */
  readonly input?: string
}

const launch = (command: Command): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(command.program, command.arguments, {
        env: command.environment ?? {},
        stdio: ["pipe", "pipe", "pipe"],
      })
      // A program that cannot start says so by this event, and one that reads no input breaks the pipe.
      child.on("error", () => undefined)
      child.stdin.on("error", () => undefined)
      child.stdin.end(command.input ?? "")
      return child
    }),
    stop,
  )

const nameOf = ({ arguments: [first = ""], program }: Command): string =>
  program === process.execPath ? first : program

/** A service's process that runs until the scope closes. */
export interface ServiceChild {
  readonly pid: number
  /** What `sign` matched in the line that tells that the service is ready. */
  readonly ready: RegExpExecArray
}

/** Lines of a service's log that are kept for the case that it ends. */
const keptLines = 20

/** Starts a service and waits for the line of its output that tells that it is ready. */
export const start = Effect.fnUntraced(function* (command: Command, sign: RegExp) {
  const child = yield* launch(command)
  return yield* Effect.callback<ServiceChild, BenchFailure>((resume) => {
    const lines: Array<string> = []
    const fail = (how: string) =>
      resume(
        Effect.fail(
          new BenchFailure({ message: `${nameOf(command)} ${how}\n${lines.slice(-keptLines).join("\n")}` }),
        ),
      )
    let isReady = false
    for (const stream of [child.stdout!, child.stderr!])
      createInterface(stream).on("line", (line) => {
        if (isReady) return
        lines.push(line)
        const ready = sign.exec(line)
        if (ready === null) return
        isReady = true
        resume(Effect.succeed({ pid: child.pid ?? 0, ready }))
      })
    child.once("error", (error) => fail(`did not start: ${error.message}`))
    child.once("exit", (code, signal) => fail(`ended (${signal ?? code}) before it was ready`))
  })
})

/** What a process that ran to its end left. */
export interface Finished {
  readonly stdout: string
  /** From its start to its end. */
  readonly wallSeconds: number
}

/**
 * Runs a process to its end; any end but a successful one is a failure.
 *
 * @param onStart told the process's number at once
 */
export const run = (
  command: Command,
  onStart: (pid: number) => void = () => undefined,
): Effect.Effect<Finished, BenchFailure> =>
  Effect.scoped(
    Effect.gen(function* () {
      const begun = performance.now()
      const child = yield* launch(command)
      if (child.pid !== undefined) onStart(child.pid)
      return yield* Effect.callback<Finished, BenchFailure>((resume) => {
        const output = { stdout: "", stderr: "" }
        child.stdout!.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
        child.stderr!.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
        const fail = (how: string) => {
          const said = `${output.stderr}\n${output.stdout}`.trim().split("\n").slice(-keptLines).join("\n")
          resume(Effect.fail(new BenchFailure({ message: `${nameOf(command)} ${how}\n${said}` })))
        }
        child.once("error", (error) => fail(`did not start: ${error.message}`))
        let wallSeconds = 0
        child.once("exit", () => {
          wallSeconds = (performance.now() - begun) / 1000
        })
        child.once("close", (code, signal) =>
          code === 0
            ? resume(Effect.succeed({ stdout: output.stdout, wallSeconds }))
            : fail(`ended with ${signal ?? code}`),
        )
      })
    }),
  )
