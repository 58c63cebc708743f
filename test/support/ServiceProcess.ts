import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { DatabaseRole } from "../../src/Layers/database/postgres/DatabaseRole.ts"
import { exitWithParent } from "./exitWithParentUrl.ts"
import { inheritedEnvironment } from "./inheritedEnvironment.ts"
import { killProcess } from "./killProcess.ts"
import * as LogLines from "./LogLines.ts"
import { asRole } from "./migratedTemplate.ts"
import { programFile } from "./programFile.ts"

/** A line of a process's log, parsed; a line that is not JSON stands under `message`. */
export type LogLine = { readonly message: unknown } & Readonly<Record<string, unknown>>

export interface ServiceProcess {
  readonly pid: number
  readonly log: ReadonlyArray<LogLine>
  /** Waits for the first line, earlier or later, that fits; a process that ends without it is an error. */
  readonly logged: (fits: (line: LogLine) => boolean) => Effect.Effect<LogLine>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits for the end: the exit code, or the signal's name. */
  readonly exit: Effect.Effect<number | string>
}

const parse = (line: string): LogLine => {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { message: line }
  }
}

/** With this variable, which a process does not get, its `DATABASE_URL` is for its own role. */
export const withRoles = "PROCESSES_HAVE_ROLES"

const roles: Readonly<Record<string, DatabaseRole>> = { api: "api", worker: "worker" }

/**
 * Runs one of the service's programs in a process of its own, killed when the scope closes.
 *
 * @param folder that of a package or image; without it, the bundles of the run
 */
export const start = Effect.fnUntraced(function* (
  program: "api" | "worker" | "all",
  environment: Readonly<Record<string, string>>,
  folder?: string,
): Effect.fn.Return<ServiceProcess, never, Scope.Scope> {
  const { [withRoles]: hasRoles, ...variables } = environment
  const role = roles[program]
  const { DATABASE_URL: url } = variables
  const own =
    hasRoles !== "true" || role === undefined || url === undefined ? {} : { DATABASE_URL: asRole(url, role) }
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--import", exitWithParent, programFile(program, folder)], {
        // Tests of other processes run at the same time, and a worker must not wait for them.
        env: { ...inheritedEnvironment(), WORKER_NICE: "0", ...variables, ...own },
        stdio: ["pipe", "pipe", "pipe"],
      }),
    ),
    (child) =>
      Effect.andThen(
        Effect.sync(() => child.kill("SIGCONT")),
        killProcess(child),
      ),
  )
  const log = LogLines.make<LogLine>()
  const exited = Deferred.makeUnsafe<number | string>()
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on("line", (text) => log.add(parse(text)))
  // Not "exit", which may come before the last lines of the log.
  child.once("close", (code, signal) =>
    Deferred.doneUnsafe(exited, Effect.succeed(code ?? signal ?? "unknown")),
  )

  const logged = (fits: (line: LogLine) => boolean) => {
    const ended = Effect.flatMap(Deferred.await(exited), (exit) =>
      Effect.die(
        new Error(`${program} ended (${exit}) before the line came:\n${JSON.stringify(log.lines, null, 1)}`),
      ),
    )
    return Effect.raceFirst(log.logged(fits), ended)
  }

  return {
    pid: child.pid ?? 0,
    log: log.lines,
    logged,
    signal: (signal) => Effect.sync(() => void child.kill(signal)),
    exit: Deferred.await(exited),
  }
})

/** The environment of a process that works on a test's database and reaches the test's own servers. */
export const environment = (
  database: Redacted.Redacted,
  extra: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  DATABASE_URL: Redacted.value(database),
  ALLOWED_HOSTS: "127.0.0.0/8",
  // All files of a test come from one host.
  SOURCE_HOST_CONCURRENCY: "unlimited",
  ...extra,
})

/** Starts the API on a free port and waits until it listens. */
export const startApi = Effect.fnUntraced(function* (
  environment: Readonly<Record<string, string>>,
  folder?: string,
) {
  const process = yield* start("api", { PORT: "0", ...environment }, folder)
  const line = yield* process.logged((line) => /Listening on/.test(String(line.message)))
  const origin = /http:\/\/\S+/.exec(String(line.message))?.[0] ?? ""
  return { ...process, origin }
})

/** Starts a worker and waits until it claims jobs. */
export const startWorker = Effect.fnUntraced(function* (environment: Readonly<Record<string, string>>) {
  const process = yield* start("worker", environment)
  yield* process.logged((line) => line.message === "claiming jobs")
  return process
})
