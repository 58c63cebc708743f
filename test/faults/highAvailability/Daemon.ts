import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { inheritedEnvironment } from "../../support/inheritedEnvironment.ts"
import { killProcess } from "../../support/killProcess.ts"
import { identityOf, type ServerUser } from "../../../src/Layers/embedded/ServerUser.ts"

export interface DaemonCommand {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  /** Working directory, home and place of the log. */
  readonly folder: string
  readonly user: ServerUser | null
  readonly logFile: string
}

/** A process of the cluster. It is killed with the scope. */
export interface Daemon {
  /** The end of its log. */
  readonly log: () => string
}

export const start = Effect.fnUntraced(function* (command: DaemonCommand) {
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const log = openSync(command.logFile, "a")
      try {
        return spawn(command.program, command.arguments, {
          cwd: command.folder,
          env: { PATH: inheritedEnvironment().PATH, HOME: command.folder, LC_ALL: "C.UTF-8" },
          stdio: ["ignore", log, log],
          ...identityOf(command.user),
        })
      } finally {
        closeSync(log)
      }
    }),
    killProcess,
  )
  return {
    log: () => readFileSync(command.logFile, "utf8").split("\n").slice(-15).join("\n"),
  } satisfies Daemon
})
