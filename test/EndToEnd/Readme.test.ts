import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { start } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const readme = await readFile("README.md", "utf8")

/** The commands of the README's shell blocks that call curl, in order. */
const curlLines = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .filter((line) => line.startsWith("curl "))

/** `npm start` on free ports. `run` runs a line of the README against it. */
const service = Effect.gen(function* () {
  const dataDir = yield* temporaryFolder
  const process = yield* start("src/main.ts", { DATA_DIR: dataDir, PORT: "0", FILESERVER_PORT: "0" })
  const ready = yield* process.logged((line) => String(line.message).startsWith("Sluice is ready"))
  const [api = "", files = ""] = [/localhost:\d+(?=\/download_file)/, /localhost:\d+(?=\/tripsdata)/].map(
    (pattern) => pattern.exec(String(ready.message))?.[0],
  )
  const run = (line: string, jobId: string) =>
    Effect.promise(async () => {
      const command = line
        .replaceAll("localhost:3000", api)
        .replaceAll("localhost:8000", files)
        .replaceAll(/(?<=jobId=)[0-9a-f-]{36}/g, jobId)
      return JSON.parse((await promisify(execFile)("bash", ["-c", command])).stdout) as Record<
        string,
        unknown
      >
    })
  return { run }
})

describe("the README", () => {
  it.live("the curl lines of the README create a job, show its status and try to cancel it", () =>
    Effect.gen(function* () {
      const [create = "", status = "", cancel = ""] = curlLines
      const { run } = yield* service
      const jobId = String((yield* run(create, ""))["jobId"])
      const job = yield* run(status, jobId).pipe(
        Effect.repeat({ until: ({ state }) => state === "completed" || state === "failed" }),
      )
      assert.strictEqual(job["state"], "completed")
      assert.deepInclude(job["progress"], { rowsLoaded: 10 })
      assert.strictEqual((yield* run(cancel, jobId))["code"], "job_already_finished")
    }),
  )
})
