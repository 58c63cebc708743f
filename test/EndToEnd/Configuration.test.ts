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
      const process = yield* start("worker", {
        DATABASE_URL: "postgres//user:hunter2@db/sluice",
        LOG_LEVEL: "Debug",
      })
      assert.strictEqual(yield* process.exit, 1)
      const fatal = process.log.filter((line) => line["level"] === "FATAL")
      assert.lengthOf(fatal, 1)
      assert.match(String(fatal[0]?.message), /DATABASE_URL is not a Postgres connection string/)
      assert.notMatch(JSON.stringify(process.log), /hunter2/)
      // Also of a bundle, the places in the source.
      const trace = String(
        process.log.find(({ message }) => String(message).includes("whole cause"))?.["cause"],
      )
      assert.match(trace, /src\/[\w/]+\.ts:\d+:\d+/)
      assert.notInclude(trace, ".mjs")
    }).pipe(Effect.scoped),
)

it.live(
  "a role without a required privilege stops the process at once, with the statement that grants it",
  () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const role = `poor_${randomUUID().replaceAll("-", "")}`
      const owner = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const client = new Client({ connectionString: Redacted.value(url) })
          await client.connect()
          await client.query(`create role ${role} login password 'poor'`)
          return client
        }),
        (client) =>
          Effect.promise(async () => {
            await client.query(`drop owned by ${role} cascade; drop role ${role}`)
            await client.end()
          }),
      )
      const poor = new URL(Redacted.value(url))
      poor.username = role
      poor.password = "poor"
      const database = poor.pathname.slice(1)
      // Each start names one right; the statement in the message grants it.
      for (const right of [
        `GRANT CREATE ON DATABASE "${database}"`,
        'GRANT USAGE, CREATE ON SCHEMA "public"',
      ]) {
        const process = yield* start("worker", { DATABASE_URL: poor.href })
        assert.strictEqual(yield* process.exit, 1)
        const message = String(process.log.at(-1)?.message)
        assert.include(message, `Run as the owner: ${right} TO "${role}"`)
        const statement = message.slice(message.indexOf("GRANT"))
        yield* Effect.promise(() => owner.query(statement))
      }
      const process = yield* start("worker", { DATABASE_URL: poor.href })
      yield* process.logged(({ message }) => message === "claiming jobs")
    }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
  120_000,
)

it("all wrong variables are named in one line with value and expected form, secrets without their value", () => {
  const { status, stdout } = spawnSync(process.execPath, ["src/Worker/main.ts"], {
    env: {
      ...process.env,
      JOB_RETENTION: "-1 days",
      PORT: "abc",
      MAX_FILE_SIZE: "1000",
      COPY_STREAMS: "9",
      LOG_LEVEL: "loud",
      API_KEYS: "hunter2,,b",
    },
    encoding: "utf8",
  })
  assert.strictEqual(status, 1)
  const [line = ""] = stdout.trim().split("\n")
  const { level, message } = JSON.parse(line) as { level: string; message: string }
  assert.strictEqual(level, "FATAL")
  for (const part of [
    'JOB_RETENTION=-1 days: expected a duration with its unit, such as "30 seconds"',
    "PORT=abc: expected a whole number from 0 to 65535",
    "MAX_FILE_SIZE=1000: expected a size with its unit",
    "COPY_STREAMS=9: expected auto or a number from 1 to 4",
    "LOG_LEVEL=loud: expected All",
    "API_KEYS=***: entry 2 is empty",
  ])
    assert.include(message, part)
  assert.notInclude(stdout, "hunter2")
})

it("variables without effect are logged: misspelt ones, and those of libpq that are not supported", () => {
  const { stdout } = spawnSync(process.execPath, ["src/Worker/main.ts"], {
    env: {
      USER: "me",
      PGSERVICE: "prod",
      WORKER_CONCURENCY: "2",
      LOG_FORMAT: "json",
    },
    encoding: "utf8",
  })
  const lines = stdout.trim().split("\n")
  assert.include(stdout, "PGSERVICE has no effect")
  assert.include(stdout, "WORKER_CONCURENCY is no variable of Sluice; did you mean WORKER_CONCURRENCY?")
  assert.include(lines.at(-1) ?? "", "DATABASE_URL is not set")
  assert.lengthOf(lines, 3)
})
