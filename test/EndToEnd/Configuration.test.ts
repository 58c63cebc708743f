import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { start } from "../support/ServiceProcess.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

it.live(
  "a malformed DATABASE_URL stops the process at once, with one line that names the key and no password",
  () =>
    Effect.gen(function* () {
      const process = yield* start("src/Worker/main.ts", { DATABASE_URL: "postgres//user:hunter2@db/sluice" })
      assert.strictEqual(yield* process.exit, 1)
      const fatal = process.log.filter((line) => line["level"] === "FATAL")
      assert.lengthOf(fatal, 1)
      assert.match(String(fatal[0]?.message), /DATABASE_URL is not a Postgres connection string/)
      assert.notMatch(JSON.stringify(process.log), /hunter2/)
    }).pipe(Effect.scoped),
)

it.live("a role without the required privileges stops the process at once, without retries", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const role = `poor_${randomUUID().replaceAll("-", "")}`
    yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new Client({ connectionString: Redacted.value(url) })
        await client.connect()
        await client.query(`create role ${role} login password 'poor'`)
        return client
      }),
      (client) =>
        Effect.promise(async () => {
          await client.query(`drop role ${role}`)
          await client.end()
        }),
    )
    const poor = new URL(Redacted.value(url))
    poor.username = role
    poor.password = "poor"
    const process = yield* start("src/Worker/main.ts", { DATABASE_URL: poor.href })
    assert.strictEqual(yield* process.exit, 1)
    assert.match(String(process.log.at(-1)?.message), /permission denied/)
  }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
)

it("a negative JOB_RETENTION, which would delete every record, stops the process with its name", () => {
  const { status, stdout } = spawnSync(process.execPath, ["src/Worker/main.ts"], {
    env: { ...process.env, JOB_RETENTION: "-1 days" },
    encoding: "utf8",
  })
  assert.strictEqual(status, 1)
  assert.match(stdout, /FATAL.*cannot be negative at \["JOB_RETENTION"\]/)
})
