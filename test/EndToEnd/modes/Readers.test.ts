import { assert, layer } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Client } from "pg"
import * as CsvServer from "../../support/CsvServer.ts"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"

/** `REPLACES=50 REPLACED_ROWS=1000000` runs more and larger ones. */
const number = (name: string, usual: number) =>
  Effect.runSync(Config.Int(name).pipe(Config.withDefault(usual)))
const replaces = number("REPLACES", 8)
const rows = number("REPLACED_ROWS", 20_000)
const readers = 4

interface Seen {
  readonly rows: number
  readonly least: string
  readonly most: string
}

/** Reads the view on the table until it is interrupted. Each result must be that of one file. */
const read = Effect.fnUntraced(function* (url: string, waits: Array<number>) {
  const client = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const connected = new Client({ connectionString: url })
      await connected.connect()
      return connected
    }),
    (connected) => Effect.promise(() => connected.end()),
  )
  return yield* Effect.forever(
    Effect.gen(function* () {
      const began = performance.now()
      const result = yield* Effect.promise(() =>
        client.query<Seen>(
          "select count(*)::integer as rows, min(version) as least, max(version) as most from shown",
        ),
      )
      waits.push(performance.now() - began)
      const seen = result.rows[0]
      assert.deepStrictEqual(seen, { rows, least: seen?.least ?? "", most: seen?.least ?? "" })
    }),
  )
}, Effect.scoped)

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "readers of a table that is replaced",
  (it) => {
    it.effect(
      "never wait for the load, and see all rows of one file",
      () =>
        Effect.gen(function* () {
          const { api, environment, files, sql, url } = yield* TestService
          yield* startWorker(environment)
          const load = Effect.fnUntraced(function* (version: number) {
            const text = ["version,n", ...Array.from({ length: rows }, (_, n) => `v${version},${n}`)].join(
              "\n",
            )
            yield* files.serve("/version.csv", CsvServer.file(text))
            const id = yield* api.create(files.url("/version.csv"), {
              tableName: "versions",
              mode: "replace",
            })
            const job = yield* api.until(id, ({ state }) => state === "completed" || state === "failed", 300)
            assert.strictEqual(job.state, "completed", job.error?.message)
          })
          yield* load(0)
          yield* sql`create view shown as select * from versions`
          const waits: Array<number> = []
          const reading = yield* Effect.forkChild(
            Effect.all(
              Arr.makeBy(readers, () => read(url, waits)),
              { concurrency: readers },
            ),
          )
          yield* Effect.raceFirst(
            Effect.forEach(Arr.range(1, replaces), load, { discard: true }),
            Effect.asVoid(Fiber.join(reading)),
          )
          yield* Fiber.interrupt(reading)
          assert.isAbove(waits.length, readers * replaces)
          const sorted = waits.toSorted((one, other) => one - other)
          yield* Console.log(
            `${waits.length} reads during ${replaces} replaces of ${rows} rows: median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, longest ${Math.round(sorted.at(-1) ?? 0)} ms`,
          )
        }),
      60_000 + replaces * 60_000,
    )
  },
)
