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

/** Sends SIGTERM, and SIGKILL after 15 seconds. */
const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.sync(() => child.kill("SIGTERM")).pipe(
    Effect.andThen(ended(child)),
    Effect.timeoutOrElse({
      duration: "15 seconds",
      orElse: () => Effect.sync(() => child.kill("SIGKILL")).pipe(Effect.andThen(ended(child))),
    }),
  )

/** A process to start. It gets only the given environment, nothing of the bench's own. */
export interface Command {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  /** Standard input. */
  readonly input?: string
  /** The working directory, if it is not this process's. */
  readonly folder?: string
}

const launch = (command: Command): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(command.program, command.arguments, {
        env: command.environment ?? {},
        stdio: ["pipe", "pipe", "pipe"],
        ...(command.folder === undefined ? {} : { cwd: command.folder }),
      })
      // Emitted if the program cannot start; a program that reads no input breaks the pipe.
      child.on("error", () => undefined)
      child.stdin.on("error", () => undefined)
      child.stdin.end(command.input ?? "")
      return child
    }),
    stop,
  )

const nameOf = (command: Command): string =>
  (command.program === process.execPath && command.arguments.find((each) => !each.startsWith("-"))) ||
  command.program

/** A process that runs until the scope closes. */
export interface ServiceChild {
  readonly pid: number
  /** The match of `readyPattern`. */
  readonly ready: RegExpExecArray
}

/** Last lines of output to include in a failure. */
const reportedLines = 20

/** Starts a process and waits for a line of output that matches `readyPattern`. */
export const start = Effect.fnUntraced(function* (command: Command, readyPattern: RegExp) {
  const child = yield* launch(command)
  return yield* Effect.callback<ServiceChild, BenchFailure>((resume) => {
    const lines: Array<string> = []
    const fail = (how: string) =>
      resume(
        Effect.fail(
          new BenchFailure({
            message: `${nameOf(command)} ${how}\n${lines.slice(-reportedLines).join("\n")}`,
          }),
        ),
      )
    let isReady = false
    for (const stream of [child.stdout!, child.stderr!])
      createInterface(stream).on("line", (line) => {
        if (isReady) return
        lines.push(line)
        const ready = readyPattern.exec(line)
        if (ready === null) return
        isReady = true
        resume(Effect.succeed({ pid: child.pid ?? 0, ready }))
      })
    child.once("error", (error) => fail(`did not start: ${error.message}`))
    child.once("exit", (code, signal) => fail(`ended (${signal ?? code}) before it was ready`))
  })
})

/** The result of a process that exited. */
export interface Finished {
  readonly stdout: string
  readonly wallSeconds: number
}

/**
 * Runs a process until it exits; an exit code other than 0 is a failure.
 *
 * @param onStart called with the pid
 */
export const run = (
  command: Command,
  onStart: (pid: number) => void = () => undefined,
): Effect.Effect<Finished, BenchFailure> =>
  Effect.scoped(
    Effect.gen(function* () {
      const start = performance.now()
      const child = yield* launch(command)
      if (child.pid !== undefined) onStart(child.pid)
      return yield* Effect.callback<Finished, BenchFailure>((resume) => {
        const output = { stdout: "", stderr: "" }
        child.stdout!.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
        child.stderr!.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
        const fail = (how: string) => {
          const lastLines = `${output.stderr}\n${output.stdout}`
            .trim()
            .split("\n")
            .slice(-reportedLines)
            .join("\n")
          resume(Effect.fail(new BenchFailure({ message: `${nameOf(command)} ${how}\n${lastLines}` })))
        }
        child.once("error", (error) => fail(`did not start: ${error.message}`))
        let wallSeconds = 0
        child.once("exit", () => {
          wallSeconds = (performance.now() - start) / 1000
        })
        child.once("close", (code, signal) =>
          code === 0
            ? resume(Effect.succeed({ stdout: output.stdout, wallSeconds }))
            : fail(`ended with ${signal ?? code}`),
        )
      })
    }),
  )
