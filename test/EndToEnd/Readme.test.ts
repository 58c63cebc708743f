import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { start } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const readme = await readFile("README.md", "utf8")

/** The README's shell lines that call curl, in order. */
const curlLines = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .filter((line) => line.includes("curl "))

/** `npm start` on free ports. `run` runs lines of the README against it, in one shell. */
const service = Effect.gen(function* () {
  const dataDir = yield* temporaryFolder
  const process = yield* start("src/main.ts", { DATA_DIR: dataDir, PORT: "0", FILESERVER_PORT: "0" })
  const ready = yield* process.logged((line) => String(line.message).startsWith("Sluice is ready"))
  const [files = "", api = ""] = String(ready.message).match(/localhost:\d+(?=\/tripsdata|\/download)/g) ?? []
  const run = (lines: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const script = lines.join("\n").replaceAll("localhost:3000", api).replaceAll("localhost:8000", files)
      return JSON.parse((await promisify(execFile)("bash", ["-c", script])).stdout) as Record<string, unknown>
    })
  return { run }
})

describe("the README", () => {
  it.live("the curl lines of the README create a job, show its status and try to cancel it", () =>
    Effect.gen(function* () {
      const [create = "", status = "", cancel = ""] = curlLines
      const { run } = yield* service
      const untilEnd = `${create}\nwhile ${status} | grep -qE '"state":"(created|active)"'; do sleep 0.1; done`
      const job = yield* run([untilEnd, status])
      assert.deepInclude(job, { state: "completed", table: "trips" })
      assert.deepInclude(job["progress"], { rowsLoaded: 10 })
      const jobId = `JOB=${String(job["jobId"])}`
      assert.strictEqual((yield* run([jobId, cancel]))["code"], "job_already_finished")
    }),
  )
})
