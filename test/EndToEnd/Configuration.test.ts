import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { start } from "../support/ServiceProcess.ts"

it.live("a malformed DATABASE_URL stops the process at once, with one line that names the key", () =>
  Effect.gen(function* () {
    const process = yield* start("src/Worker/main.ts", { DATABASE_URL: "postgres//user:hunter2@db/sluice" })
    assert.strictEqual(yield* process.exit, 1)
    const fatal = process.log.filter((line) => line["level"] === "FATAL")
    assert.lengthOf(fatal, 1)
    assert.match(String(fatal[0]?.message), /DATABASE_URL is no connection string/)
    assert.notMatch(JSON.stringify(process.log), /hunter2/)
  }).pipe(Effect.scoped),
)

it("a negative JOB_RETENTION, which would remove every record, stops the process and is named", () => {
  const { status, stdout } = spawnSync(process.execPath, ["src/Worker/main.ts"], {
    env: { ...process.env, JOB_RETENTION: "-1 days" },
    encoding: "utf8",
  })
  assert.strictEqual(status, 1)
  assert.match(stdout, /FATAL.*cannot be negative at \["JOB_RETENTION"\]/)
})
