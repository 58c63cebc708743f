import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { killProcess } from "./killProcess.ts"

/** Fails with what to install if a program of Debian's package `prometheus` is missing. */
const requireTool = (name: "promtool" | "prometheus"): void => {
  if (spawnSync(name, ["--version"]).error !== undefined)
    throw new Error(`${name} is missing: apt-get install --no-install-recommends prometheus`)
}

/** Runs promtool and returns its exit code and output. */
export const promtool = (arguments_: ReadonlyArray<string>, input = "") => {
  requireTool("promtool")
  const { status, stderr, stdout } = spawnSync("promtool", arguments_, { input, encoding: "utf8" })
  return { status, output: stdout + stderr }
}

/** Runs a Prometheus until the scope closes. */
export const runPrometheus = (configuration: string, folder: string, port: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      requireTool("prometheus")
      return spawn("prometheus", [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ])
    }),
    killProcess,
  )
