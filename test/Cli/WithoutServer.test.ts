import { assert, describe, it, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { sluice, startSluice } from "../support/CommandLine.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

/** Each test starts several processes. */
const slow = 90_000
const options = { excludeTestServices: true, timeout: Duration.seconds(60) } as const

const escape = "\u001B"

layer(TestDatabase.layer, options)("sluice without a server", (it) => {
  it.effect(
    "load --db loads a file and leaves no process, and other commands run no job",
    () =>
      Effect.gen(function* () {
        const files = yield* CsvServer.make()
        yield* files.serve("/own.csv", CsvServer.file("a,b\n1,2\n"))
        const database = ["--db", Redacted.value((yield* TestDatabase).url)]
        const environment = { ALLOWED_HOSTS: "127.0.0.0/8" }
        const loaded = yield* sluice(
          ["load", files.url("/own.csv"), "--table-name", "own", ...database],
          environment,
        )
        assert.strictEqual(loaded.exit, 0, loaded.stderr)
        assert.match(loaded.stdout, /^table {4}public\.own$/m)
        assert.notInclude(loaded.stdout, "INFO")
        const tables = yield* sluice(["tables", "--json", ...database], environment)
        assert.deepInclude(JSON.parse(tables.stdout).tables[0], {
          schema: "public",
          table: "own",
          rowsLoaded: 1,
        })
        // As if the command that created it had been killed.
        yield* Effect.flatMap(
          PgClient.PgClient,
          (sql) => sql`
          with job as (
            insert into sluice.job (id, owner, caller, file_url, shown_url, target_schema, table_name, created_at, holds_name)
            values (gen_random_uuid(), '', '', ${files.url("/own.csv")}, ${files.url("/own.csv")}, 'public', 'left', now(), true) returning id
          ) insert into boss.job (id, name, data) select id, 'load', '{}' from job`,
        ).pipe(Effect.provide(PgClient.layer({ url: (yield* TestDatabase).url })))
        const listed = yield* sluice(["jobs", "--state", "created", "--json", ...database], environment)
        const [waiting] = JSON.parse(listed.stdout).jobs
        assert.strictEqual(waiting?.table, "left", listed.stderr)
        const read = yield* sluice(["status", waiting.jobId, "--json", ...database], environment)
        assert.deepInclude(JSON.parse(read.stdout), { state: "created", attempt: null })
        const exported = yield* sluice(["export", "own", "--format", "ndjson", ...database], environment)
        assert.strictEqual(exported.stdout, '{"a":"1","b":"2"}\n', exported.stderr)
      }),
    slow,
  )

  it.effect(
    "Ctrl-C during load --db cancels the job, because nobody is left to run it",
    () =>
      Effect.gen(function* () {
        const files = yield* CsvServer.make()
        yield* files.serve("/slow.csv", CsvServer.byHand)
        const database = ["--db", Redacted.value((yield* TestDatabase).url)]
        const environment = { ALLOWED_HOSTS: "127.0.0.0/8" }
        const running = yield* startSluice(["load", files.url("/slow.csv"), ...database], environment)
        const exchange = yield* files.request("/slow.csv")
        yield* exchange.head(200)
        yield* exchange.send("a\n1\n")
        yield* running.interrupt
        const { exit, stderr } = yield* running.end
        assert.strictEqual(exit, 130, stderr)
        const jobId = /Created job (\S+)/.exec(stderr)?.[1] ?? ""
        const { stdout } = yield* sluice(["status", jobId, "--json", ...database], environment)
        assert.deepInclude(JSON.parse(stdout), { state: "cancelled" })
      }),
    slow,
  )

  it.effect(
    "a database that refuses exits with 4 and names the reason",
    () =>
      Effect.gen(function* () {
        const url = new URL(Redacted.value((yield* TestDatabase).url))
        url.pathname = "/no_such_database"
        const { exit, stderr } = yield* sluice(["tables", "--db", url.href])
        assert.strictEqual(exit, 4)
        assert.match(stderr, /no_such_database/)
      }),
    slow,
  )
})

describe("sluice alone", () => {
  it.live(
    "wrong options exit with 2, are named as flags, and nothing is sent",
    () =>
      Effect.gen(function* () {
        const url = "http://localhost/a.csv"
        const unknown = yield* sluice(["load", url, "--tabel-name", "a"])
        assert.strictEqual(unknown.exit, 2)
        assert.include(unknown.stderr, "--table-name")
        const invalid = yield* sluice(["load", url, "--max-bad-rows", "many", "--mode", "append"])
        assert.strictEqual(invalid.exit, 2)
        assert.match(invalid.stderr, /^sluice: --max-bad-rows must be /m)
        assert.strictEqual((yield* sluice(["load", "trips"])).exit, 2)
        assert.strictEqual((yield* sluice(["status", "1"])).exit, 2)
        assert.strictEqual(unknown.stdout + invalid.stdout, "")
      }),
    slow,
  )

  it.live(
    "a wrong or doubled place of the service exits with 2 and names its flag",
    () =>
      Effect.gen(function* () {
        const wrong = yield* sluice(["tables", "--db", "nonsense"])
        assert.strictEqual(wrong.exit, 2)
        assert.match(wrong.stderr, /^sluice: --db is not a Postgres connection string/m)
        for (const [flag, value] of [
          ["--url", "http://localhost:3000"],
          ["--api-key", "secret"],
        ] as const) {
          const both = yield* sluice(["tables", "--db", "postgres://127.0.0.1:1/a", flag, value])
          assert.strictEqual(both.exit, 2)
          assert.include(both.stderr, `--db runs the command without a server, and ${flag} is about one`)
        }
      }),
    slow,
  )

  it.live(
    "a database that does not respond exits with 4 within ten seconds",
    () =>
      Effect.gen(function* () {
        const { exit, stderr } = yield* sluice(["tables", "--db", "postgres://127.0.0.1:1/a"])
        assert.strictEqual(exit, 4)
        assert.match(stderr, /ECONNREFUSED/)
        assert.match(stderr, /did not respond within 8s\. Check --db/)
      }),
    slow,
  )

  it.live(
    "an argument that is no id, URL or file is named",
    () =>
      Effect.gen(function* () {
        for (const [arguments_, message] of [
          [["status", "nope"], 'for argument <job>: "nope". Expected: a UUID, the id from sluice load'],
          [["source", "show", "1"], "for argument <source>"],
          [["load", ""], "the source is empty: give a URL, the path of a file"],
          [["load", "s3://bucket/a.csv"], 'the URL has the scheme "s3"'],
          [["preview", "trips.csv"], "only sluice load takes a file"],
        ] as const) {
          const { exit, stderr } = yield* sluice(arguments_)
          assert.strictEqual(exit, 2)
          assert.include(stderr, message)
          assert.notInclude(stderr, "Schema validation")
        }
      }),
    slow,
  )

  it.live(
    "a server that cannot be reached exits with 4",
    () =>
      Effect.gen(function* () {
        const { exit, stderr } = yield* sluice(["tables", "--url", "http://127.0.0.1:1"])
        assert.strictEqual(exit, 4)
        assert.match(stderr, /^sluice: cannot reach http:\/\/127\.0\.0\.1:1 .*--url or SLUICE_URL/m)
      }),
    slow,
  )

  it.live(
    "help lists every load option as a flag, without colours where there is no terminal",
    () =>
      Effect.gen(function* () {
        const { exit, stdout } = yield* sluice(["load", "--help"])
        assert.strictEqual(exit, 0)
        for (const flag of ["--delimiter", "--table-name", "--on-bad-row", "--key", "--headers"])
          assert.include(stdout, flag)
        assert.notInclude(stdout, escape)
      }),
    slow,
  )

  it.live(
    "completions are scripts for the shell",
    () =>
      Effect.gen(function* () {
        assert.include((yield* sluice(["--completions", "bash"])).stdout, "sluice")
      }),
    slow,
  )
})
